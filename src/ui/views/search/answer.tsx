import { lazy, Suspense, useState } from 'react';
import type { SearchAnswer } from '../../../host/browser/api';
import { formatDuration, plural } from '../../../view/format';
import { Rankings } from './rankings';
import { Trace } from './trace';
import '../run/run.css';
import './search.css';

const ThroughTraining = lazy(() => import('../traces/through-training'));

/** The model's answer to a query: what it wrote, and the rankings with and without reasoning. */
export function Answer({ answer, stale }: { answer: SearchAnswer; stale: boolean }) {
  const { rank, step, milliseconds } = answer;
  return (
    <div className={`answer${stale ? ' stale' : ''}`}>
      <p className="headline-text">{verdict(rank)}</p>
      {answer.unknown && <Unknown unknown={answer.unknown} />}
      <p className="muted small">
        Asked after step {step.toLocaleString('en')}, answered in{' '}
        {milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : formatDuration(milliseconds)}; shown word by word.
      </p>
      <Trace key={`${step} ${answer.query}`} answer={answer} />
      <Rankings answer={answer} />
      <Earlier key={answer.query} query={answer.query} />
    </div>
  );
}

/** Words that the model never saw: what it makes of a query of such words says nothing. */
function Unknown({ unknown: { words, count, of } }: { unknown: NonNullable<SearchAnswer['unknown']> }) {
  const most = count * 2 > of;
  return (
    <p className={most ? 'callout warn' : 'muted'} role={most ? 'alert' : undefined}>
      {count === of
        ? 'The model knows none of these words: the rankings below mean nothing.'
        : `The model never saw ${count} of the ${plural(of, 'word')}${most ? ': the rankings below mean little.' : '.'}`}{' '}
      Unknown:{' '}
      {words.map((word) => (
        <mark key={word} className="unknown-word">
          {word}
        </mark>
      ))}
    </p>
  );
}

/**
 * Answers of earlier models of the run to the query, computed only when the user asks, because each takes the GPU a
 * moment.
 */
function Earlier({ query }: { query: string }) {
  const [open, setOpen] = useState(false);
  return (
    <section className="search-earlier" aria-label="Through training">
      <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? 'Hide earlier models' : 'The same query through training'}
      </button>
      {open && (
        <Suspense fallback={<p className="muted">Asking the models that were kept.</p>}>
          <ThroughTraining query={query} />
        </Suspense>
      )}
    </section>
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
