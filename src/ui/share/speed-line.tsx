import { diffSession } from '../../config/edit-session';
import { lastOf } from '../../store/asked';
import { useDevice } from '../../store/device';
import { isLive, useRun } from '../../store/run';
import { useRuns } from '../../store/runs';
import { useSession } from '../../store/session';
import { cancelMeasuring, measureSpeed, runTime, speedOf, useSpeed } from '../../store/speed';
import { formatDuration } from '../../view/format';
import { STAGE_LABELS } from '../../config/stages';
import { adapterName } from '../../view/verdict';
import './speed-line.css';

/**
 * A line on how long the session would take on this device: as it took before, as measured, or with a button to measure
 * it.
 */
export function SpeedLine({ isHindered }: { isHindered: boolean }) {
  return (
    <>
      <Speed isHindered={isHindered} />
      <p className="muted small">
        A run continues in a hidden tab. It stops while the computer sleeps, and continues afterwards; a closed page
        continues from its last checkpoint when it is opened again.
      </p>
    </>
  );
}

function Speed({ isHindered }: { isHindered: boolean }) {
  const session = useSession((state) => state.session);
  const measured = useSpeed((state) => state.asked);
  const device = useDevice();
  const live = useRun(({ status }) => isLive(status));
  const earlier = useEarlierTime();
  const speed = speedOf(session, lastOf(measured));
  const adapter = device.kind === 'ready' ? adapterName(device.report) || 'this device' : 'this device';
  if (measured.state === 'asking') {
    return (
      <div className="speed-line" role="status">
        <p>Measuring on {adapter}. Its kernels are compiled first.</p>
        <button type="button" className="button" onClick={() => void cancelMeasuring()}>
          Cancel
        </button>
      </div>
    );
  }
  if (earlier !== null) {
    return (
      <div className="speed-line">
        <p>
          On {adapter} it took <strong>{formatDuration(earlier)}</strong> the last time, evaluations included.
        </p>
      </div>
    );
  }
  if (speed) {
    return (
      <div className="speed-line" role="status">
        <p>
          About <strong>{formatDuration(roughly(runTime(session, speed)))}</strong> on {adapter}, evaluations included,
          measured just now.
        </p>
        <p className="muted small">
          {speed.stages
            .map(
              ({ stage, milliseconds }) =>
                `${STAGE_LABELS[stage].long.toLowerCase()} ${formatStep(milliseconds)} a step`,
            )
            .join(', ')}
          , {formatStep(speed.evaluation)} an evaluation; as a model learns to be brief, sampling and evaluations get
          faster.
        </p>
      </div>
    );
  }
  return (
    <div className="speed-line">
      <button type="button" className="button" disabled={isHindered || live} onClick={() => void measureSpeed()}>
        Estimate the time on this device
      </button>
      <p className="muted small">
        {measured.state !== 'failed'
          ? live
            ? 'A run has the device: stop it first.'
            : 'It runs a few of the steps and an evaluation, and keeps nothing of them.'
          : `It could not be measured: ${measured.error.message.replace(/\.$/, '')}.`}
      </p>
    </div>
  );
}

/** A note that the adapter computes on the processor, where it does, so that the user knows why it is slow. */
export function SoftwareNote() {
  const software = useDevice((state) => state.kind === 'ready' && state.report.software);
  if (!software) return null;
  return (
    <p className="callout warn">
      This browser computes on the processor, without a graphics card: everything works and comes out right, many times
      slower. The small presets, such as kin-quick, are made for that.
    </p>
  );
}

/** The time that the same session took on this adapter, whatever its seed; null where no finished run of it is kept. */
function useEarlierTime(): number | null {
  const session = useSession((state) => state.session);
  const isFork = useSession((state) => state.ancestors.length > 0);
  const runs = useRuns((state) => state.runs);
  const adapter = useDevice((state) => (state.kind === 'ready' ? adapterName(state.report) : null));
  const found = runs?.find(
    ({ state, run }) =>
      state === 'finished' &&
      !isFork &&
      run?.ancestors.length === 0 &&
      run.adapter === adapter &&
      diffSession(run.session, session).every(({ path }) => path === 'seed' || path === 'title'),
  );
  return found?.run?.spentMs ?? null;
}

/** Two digits of a time: more would be false precision after a measurement of a second. */
const roughly = (milliseconds: number): number => Number(milliseconds.toPrecision(2));

const formatStep = (milliseconds: number): string =>
  milliseconds < 1000 ? `${Number(milliseconds.toPrecision(3))} ms` : `${(milliseconds / 1000).toPrecision(3)} s`;
