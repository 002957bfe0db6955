import { dropLeftOver, continueQueue } from '../../../store/queue';
import { useRun } from '../../../store/run';
import { useRuns, type Queue } from '../../../store/runs';
import type { StoredRun } from '../../../host/browser/api';
import { plural } from '../../../view/format';
import { sessionName } from '../../../view/run-words';
import { PlayIcon } from '../../kit/icons';

/**
 * Seeds that waited when the page was left, and the run of them that was interrupted; null where another tab continues
 * them.
 */
export function useLeftOver(): { queue: Queue; broken: StoredRun | null; left: number } | null {
  const queue = useRuns((state) => state.leftOver);
  const runs = useRuns((state) => state.runs);
  const idle = useRun(({ status }) => status === 'ready');
  if (!queue || !runs || !idle) return null;
  const own = runs.filter(({ run }) => run?.group === queue.group);
  if (own.some(({ state }) => state === 'held')) return null;
  const broken = own.find(({ state }) => state === 'interrupted') ?? null;
  const left = queue.seeds.length + (broken ? 1 : 0);
  return left > 0 ? { queue, broken, left } : null;
}

/** On a page that has just been opened, offers to continue with the seeds that waited. */
export function QueueOffer() {
  const found = useLeftOver();
  if (!found) return null;
  const { queue, broken, left } = found;
  const step = broken?.run?.checkpoints.at(-1) ?? 0;
  return (
    <section className="callout offer" aria-label="Seeds that are left">
      <div className="stack">
        <p>
          <strong>{sessionName(queue.session, 'never')}</strong>: {left} of {plural(queue.size, 'seed')}{' '}
          {left === 1 ? 'is' : 'are'} left; the page was left while they waited.
          {broken && ` Seed ${broken.run?.session.seed} broke off${step > 0 ? ` and goes on from step ${step}` : ''}.`}
        </p>
        <p className="button-row">
          <button type="button" className="button primary" onClick={() => continueQueue(queue, broken)}>
            <PlayIcon />
            Go on
          </button>
          <button type="button" className="button" onClick={dropLeftOver}>
            Do not start {left === 1 ? 'it' : 'them'}
          </button>
        </p>
      </div>
    </section>
  );
}
