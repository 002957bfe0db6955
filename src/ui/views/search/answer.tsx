import type { SearchAnswer } from '../../../host/browser/api';
import { formatDuration } from '../../../view/format';
import { Rankings } from './rankings';
import { Trace } from './trace';

export function Answer({ answer, stale }: { answer: SearchAnswer; stale: boolean }) {
  const { rank, step, milliseconds } = answer;
  return (
    <div className={`answer${stale ? ' stale' : ''}`}>
      <p className="headline-text">{verdict(rank)}</p>
      <p className="muted small">
        Asked after step {step.toLocaleString('en')}, answered in{' '}
        {milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : formatDuration(milliseconds)}; shown word by word.
      </p>
      <Trace key={`${step} ${answer.query}`} answer={answer} />
      <Rankings answer={answer} />
    </div>
  );
}

function verdict({ reasoning, direct }: SearchAnswer['rank']): string {
  if (reasoning === null && direct === null) return 'The task cannot judge this query, so no document is marked.';
  const thinking = place(reasoning);
  if (reasoning === direct) return `The right document is ${thinking}, with reasoning and without.`;
  return `With reasoning the right document is ${thinking}; without it, ${place(direct)}.`;
}

const place = (rank: number | null): string =>
  rank === null ? 'not found' : rank === 1 ? 'first' : `at place ${rank.toLocaleString('en')}`;
