import { useEffect, useRef } from 'react';
import { placeOf } from '../../../config/stages';
import type { ErrorData } from '../../../lib/errors';
import { lab } from '../../../store/lab';
import { ranOf, useRun } from '../../../store/run';
import { usePage } from '../../../store/page';
import { useSession } from '../../../store/session';
import { streams } from '../../../store/streams';
import { plural } from '../../../view/format';
import { remedyOf, type Remedy } from '../../../view/remedies';
import { startRun, useRunObstacle } from '../../frame/commands';
import { forkFromView } from '../../frame/fork-from-view';
import { mend } from '../../frame/mend';
import { IconButton } from '../../kit/icon-button';
import { CloseIcon } from '../../kit/icons';

/** A note on a failed run: what happened, what is safe, what to do, and the one button that helps. */
export function FailedRun({ error }: { error: ErrorData }) {
  const obstacle = useRunObstacle();
  const box = useRef<HTMLDivElement>(null);
  // Whoever reads the charts below sees that the run ended, and why.
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const steps = streams.lastStep();
  const remedy = remedyOf(error);
  const isRun = remedy.does === 'run' || remedy.does === 'run-without-gate';
  return (
    <div ref={box} className="callout error" role="alert">
      <div className="stack spread">
        <p>
          <strong>What happened:</strong> {error.message.replace(/\.$/, '')}.
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

/** A fork from the last good state, or the session again where there is none, with half the learning rate of the stage that failed. */
function rewind(): void {
  const ran = ranOf(useRun.getState());
  const failed = ran?.plan && placeOf(ran.plan.stages, Math.max(1, streams.lastStep()));
  if (!failed) return;
  const from = streams.checkpoints.at(-1) ?? 0;
  if (from > 0) forkFromView(from);
  else lab.clear();
  const path = `${failed.plan.stage}.learning_rate`;
  useSession.getState().edit(path, ran.session[failed.plan.stage].learning_rate / 2);
  mend({ kind: 'field', path, label: '' });
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
    case 'open-models':
      usePage.getState().show({ view: 'models' });
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
    case 'rewind':
      rewind();
      break;
    case 'run':
      startRun();
      break;
  }
}
