import { STAGE_LABELS } from '../../../config/stages';
import type { StageProfile } from '../../../records/profile';
import { lastOf } from '../../../store/asked';
import { cancelProfile, profiles, profileSteps, useProfile } from '../../../store/profile';
import { isElsewhere, isLive, useRun } from '../../../store/run';
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from '../../../view/format';
import { kernelLines, memoryLines } from '../../../view/profile';
import { ErrorNote } from '../../kit/error-note';

/** A profile: where the time of the session's steps goes on this device, kernel by kernel. */
export function Profile() {
  const { asked } = useProfile();
  const profiled = lastOf(asked);
  const going = asked.state === 'asking';
  const busy = useRun((state) => isLive(state.status) && !isElsewhere(state));
  return (
    <section className="self-test" aria-labelledby="profile">
      <h2 id="profile">Where the time goes</h2>
      <p className="muted">
        A few steps of each stage of the session in the panel are run and thrown away; of one, every kernel is timed by
        itself. Operations and bytes are counted from the shapes, not measured.
      </p>
      <div className="button-row">
        {going ? (
          <button type="button" className="button" onClick={() => void cancelProfile()}>
            Cancel
          </button>
        ) : (
          <button type="button" className="button" disabled={busy} onClick={() => void profileSteps()}>
            {profiled ? 'Profile again' : 'Profile a step'}
          </button>
        )}
        {busy && <span className="muted">A run has the device: stop it first.</span>}
      </div>
      <p role="status" className="muted">
        {going && 'Running a few steps of each stage.'}
        {!going && profiled && !profiled.profile.timestamps && (
          <>This adapter has no clock of its own that the page may read, so that no kernel’s time is known.</>
        )}
      </p>
      {asked.state === 'failed' && (
        <ErrorNote
          what="profile"
          help={{ label: 'Profile again', run: () => void profileSteps(), disabled: busy }}
          onClose={profiles.closeError}
        >
          {`The steps could not be profiled: ${asked.error.message}`}
        </ErrorNote>
      )}
      {profiled?.profile.stages.map((stage) => (
        <Stage key={stage.stage} stage={stage} />
      ))}
    </section>
  );
}

function Stage({ stage }: { stage: StageProfile }) {
  const { stage: name, milliseconds, tokens, dispatches } = stage;
  const label = STAGE_LABELS[name].long;
  const cell = (value: number | null, shown = formatNumber): string => (value === null ? '–' : shown(value));
  return (
    <div className="profile-stage">
      <h3>{label}</h3>
      <p>
        {`${milliseconds < 1000 ? `${formatNumber(milliseconds)} ms` : formatDuration(milliseconds)} a step as it usually runs, ${formatCount((1000 * tokens) / milliseconds)} tokens a second, ${dispatches.toLocaleString('en')} dispatches.`}
      </p>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={`Kernels: ${label}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              {['Dispatches', 'Time, ms', 'Share', 'GFLOP/s', 'GB/s'].map((head) => (
                <th key={head} scope="col" className="number">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {kernelLines(stage).map(({ kernel, dispatches: count, milliseconds: taken, share, gflops, gigabytes }) => (
              <tr key={kernel}>
                <th scope="row">{kernel}</th>
                <td className="number">{count.toLocaleString('en')}</td>
                <td className="number">{cell(taken)}</td>
                <td className="number">{cell(share, formatPercent)}</td>
                <td className="number">{cell(gflops)}</td>
                <td className="number">{cell(gigabytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="muted">
        {`Memory: ${memoryLines(stage)
          .map(({ owner, bytes }) => `${owner} ${formatBytes(bytes)}`)
          .join(', ')}.`}
      </p>
    </div>
  );
}
