import { partsWords } from '../../../config/micro-batches';
import { goOnWith, openRun } from '../../../store/run-list';
import { useDevice } from '../../../store/device';
import { lab } from '../../../store/lab';
import { isElsewhere, useRan, useRun, type ShownRun } from '../../../store/run';
import { useRuns } from '../../../store/runs';
import { streams } from '../../../store/streams';
import { formatAgo, plural } from '../../../view/format';
import { runName } from '../../../view/run-words';
import { startRun } from '../../frame/commands';
import { PlayIcon } from '../../kit/icons';

const goOnLabel = (step: number): string => (step > 0 ? `Go on from step ${step}` : 'Start it again');

/** A run on the page that broke off: what happened, what is safe, what to do. */
export function InterruptedRun({ run }: { run: Extract<ShownRun, { status: 'interrupted' }> }) {
  const { error, name } = run;
  const checkpoint = streams.checkpoints.at(-1) ?? 0;
  const isRefused = error?.code === 'no-webgpu';
  const missing = useDevice((state) => state.kind === 'missing');
  if (missing) {
    return (
      <p className="callout" role="status">
        This run broke off before its end{checkpoint > 0 ? `, after its checkpoint at step ${checkpoint}` : ''}. It can
        be looked at here, and goes on in a browser with WebGPU: export it in Runs, import it there.
      </p>
    );
  }
  return (
    <div className="callout warn" role="alert">
      <div className="stack">
        <p>
          <strong>What happened:</strong> the run broke off before its end
          {error ? `: ${error.message.replace(/\.$/, '')}` : ''}.
        </p>
        <p>
          <strong>What is safe:</strong>{' '}
          {checkpoint > 0
            ? `everything up to step ${checkpoint}, from which it continues to the same result.`
            : 'its session; no checkpoint was kept yet, so that it starts again.'}
        </p>
        {isRefused && (
          <p>
            <strong>What to do:</strong> reload the page, then go on. After the GPU has crashed, a browser may refuse it
            to the page until then.
          </p>
        )}
        <p className="button-row">
          {isRefused && (
            <button type="button" className="button primary" onClick={() => window.location.reload()}>
              Reload the page
            </button>
          )}
          {name !== null && (
            <button
              type="button"
              className={isRefused ? 'button' : 'button primary'}
              onClick={() => void lab.resume(name, run)}
            >
              <PlayIcon />
              {goOnLabel(checkpoint)}
            </button>
          )}
          {checkpoint > 0 && (
            <button type="button" className="button" onClick={startRun}>
              Run from the start
            </button>
          )}
        </p>
      </div>
    </div>
  );
}

/** On a page that has just been opened, offers to continue the newest interrupted run. */
export function InterruptedOffer() {
  const runs = useRuns((state) => state.runs);
  const declined = useRuns((state) => state.declined);
  const decline = useRuns((state) => state.decline);
  const found = runs?.find(({ id, state }) => state === 'interrupted' && !declined.includes(id));
  if (!found?.run) return null;
  const { checkpoints, totalSteps } = found.run;
  const step = checkpoints.at(-1) ?? 0;
  return (
    <section className="callout offer" aria-label="A run that broke off">
      <div className="stack">
        <p>
          <strong>{runName(found)}</strong> broke off {formatAgo(found.updated)}
          {step > 0 ? `; ${step} of ${plural(totalSteps, 'step')} are kept.` : ' before its first checkpoint.'}
        </p>
        <p className="button-row">
          <button type="button" className="button primary" onClick={() => void goOnWith(found)}>
            <PlayIcon />
            {goOnLabel(step)}
          </button>
          {step > 0 && (
            <button type="button" className="button" onClick={() => void openRun(found)}>
              Look at it
            </button>
          )}
          <button type="button" className="button" onClick={() => decline(found.id)}>
            Not now
          </button>
        </p>
      </div>
    </section>
  );
}

/** A note on where this run is kept. */
export function RunPlace() {
  const elsewhere = useRun(isElsewhere);
  const noRoom = useRan((ran) => ran.noRoom);
  const denied = useRuns((state) => state.storage?.denied ?? null);
  const parts = useRan(partsWords);
  return (
    <>
      {parts !== null && (
        <p className="callout" role="status">
          A step is computed in {parts}, so that it fits on the GPU: the same gradients, added up in another order.
        </p>
      )}
      {elsewhere && (
        <p className="callout" role="status">
          This run goes on in another tab. Here you watch it; pause, step and stop work there.
        </p>
      )}
      {noRoom !== null && (
        <p className="callout warn" role="alert">
          {noRoom}
        </p>
      )}
      {denied !== null && (
        <p className="callout" role="status">
          This browser keeps nothing for this page, as in a private window. Runs work; they are gone when the page is
          closed, unless you export them.
        </p>
      )}
    </>
  );
}
