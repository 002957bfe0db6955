import { useRun } from '../../../store/run';
import { streams } from '../../../store/streams';
import { plural } from '../../../view/format';
import { startRun, useRunObstacle } from '../../frame/commands';
import { usePage } from '../../../store/page';

/** What happened, what is safe, what to do. */
export function FailedRun() {
  const reason = useRun((state) => state.reason) ?? 'no reason was given';
  const obstacle = useRunObstacle();
  const show = usePage((state) => state.show);
  const steps = streams.lastStep();
  return (
    <div className="callout error" role="alert">
      <div className="stack">
        <p>
          <strong>What happened:</strong> {reason.replace(/\.$/, '')}.
        </p>
        <p>
          <strong>What is safe:</strong> the session and its link
          {steps > 0 ? `, and the curves of the ${plural(steps, 'step')} that ran, which stay below.` : '.'}
        </p>
        <p>
          <strong>What to do:</strong> {advice(reason)}
        </p>
        <p className="button-row">
          <button type="button" className="button" disabled={obstacle !== null} onClick={startRun}>
            Run again
          </button>
          <button type="button" className="button" onClick={() => show({ view: 'device' })}>
            Look at the device
          </button>
        </p>
      </div>
    </div>
  );
}

function advice(reason: string): string {
  if (/memory/i.test(reason))
    return 'make the batch or the model smaller, close other tabs that use the GPU, and run again.';
  if (/lost/i.test(reason))
    return 'run again; if it happens again, make the batch smaller or close other tabs that use the GPU.';
  if (/worker/i.test(reason)) return 'run again; a new worker is started. If it happens again, reload the page.';
  return 'run again. If it happens again, load a preset to see whether the settings are the cause.';
}
