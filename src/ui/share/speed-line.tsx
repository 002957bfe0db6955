import { useDevice } from '../../store/device';
import { isLive, useRun } from '../../store/run';
import { useSession } from '../../store/session';
import { cancelMeasuring, measureSpeed, runTime, speedOf, useSpeed } from '../../store/speed';
import { formatDuration } from '../../view/format';
import { STAGE_LABELS } from '../../view/stages';
import { adapterName } from '../../view/verdict';

/** How long the session would take on this device, once it is asked for. */
export function SpeedLine({ obstacle }: { obstacle: string | null }) {
  const session = useSession((state) => state.session);
  const state = useSpeed();
  const device = useDevice();
  const live = useRun(({ status }) => isLive(status));
  const speed = speedOf(session, state);
  const adapter = device.kind === 'ready' ? adapterName(device.report) : 'this device';
  if (state.pending) {
    return (
      <div className="speed-line" role="status">
        <p>Measuring on {adapter}. Its kernels are compiled first.</p>
        <button type="button" className="button" onClick={() => void cancelMeasuring()}>
          Cancel
        </button>
      </div>
    );
  }
  if (speed) {
    return (
      <div className="speed-line" role="status">
        <p>
          About <strong>{formatDuration(roughly(runTime(session, speed)))}</strong> of steps on {adapter}, measured just
          now.
        </p>
        <p className="muted small">
          {speed.stages
            .map(
              ({ stage, milliseconds }) =>
                `${STAGE_LABELS[stage].long.toLowerCase()} ${formatStep(milliseconds)} a step`,
            )
            .join(', ')}
          ; evaluations come on top{session.grpo.steps > 0 && ', and stage 2 gets faster as completions get shorter'}.
        </p>
      </div>
    );
  }
  return (
    <div className="speed-line">
      <button type="button" className="button" disabled={obstacle !== null || live} onClick={() => void measureSpeed()}>
        Estimate the time on this device
      </button>
      <p className="muted small">
        {state.error === null
          ? live
            ? 'A run has the device: stop it first.'
            : 'It runs about a second of the steps, and keeps nothing of them.'
          : `It could not be measured: ${state.error.replace(/\.$/, '')}.`}
      </p>
    </div>
  );
}

/** Two digits: more would promise what a second cannot tell. */
const roughly = (milliseconds: number): number => Number(milliseconds.toPrecision(2));

const formatStep = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Number(milliseconds.toPrecision(3))} ms` : `${(milliseconds / 1000).toPrecision(3)} s`;
