import { lab } from '../../../store/lab';
import { useRun } from '../../../store/run';
import { useSession } from '../../../store/session';
import { streams } from '../../../store/streams';
import { plural } from '../../../view/format';
import { remedyOf, type Remedy } from '../../../view/remedies';
import { startRun, useRunObstacle } from '../../frame/commands';
import { mend } from '../../frame/mend';
import { IconButton } from '../../kit/icon-button';
import { CloseIcon } from '../../kit/icons';

/** What happened, what is safe, what to do, and the one button that helps. */
export function FailedRun() {
  const error = useRun((state) => state.error);
  const reason = error?.message ?? 'no reason was given';
  const obstacle = useRunObstacle();
  const steps = streams.lastStep();
  const remedy = remedyOf(error);
  const isRun = remedy.does === 'run' || remedy.does === 'run-without-gate';
  return (
    <div className="callout error" role="alert">
      <div className="stack spread">
        <p>
          <strong>What happened:</strong> {reason.replace(/\.$/, '')}.
        </p>
        <p>
          <strong>What is safe:</strong> the session and its link
          {steps > 0 ? `, and the curves of the ${plural(steps, 'step')} that ran, which stay below.` : '.'}
        </p>
        <p>
          <strong>What to do:</strong> {remedy.advice}
        </p>
        <p className="button-row">
          <button
            type="button"
            className="button primary"
            disabled={isRun && obstacle !== null}
            onClick={() => help(remedy)}
          >
            {remedy.button}
          </button>
        </p>
      </div>
      <IconButton label="Close the failed run" onClick={() => lab.clear()}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}

function help(remedy: Remedy): void {
  switch (remedy.does) {
    case 'run-without-gate':
      useSession.getState().edit('grpo.gate', false);
      startRun();
      break;
    case 'choose-documents':
      // The page then asks for them, where a run begins.
      lab.clear();
      break;
    case 'smaller-batch': {
      const { sft } = useSession.getState().session;
      const path = sft.steps > 0 ? 'sft.batch_size' : 'pretrain.batch_size';
      mend({ kind: 'field', path, label: '' });
      break;
    }
    case 'go-to-setting':
      mend({ kind: 'field', path: remedy.path, label: remedy.button });
      break;
    case 'reload':
      window.location.reload();
      break;
    case 'run':
      startRun();
      break;
  }
}
