import { lastOf } from '../../../store/asked';
import { cancelCheck, checkDevice, checks, useSelfTest } from '../../../store/self-test';
import { isElsewhere, isLive, useRun } from '../../../store/run';
import { formatDuration, formatNumber, plural } from '../../../view/format';
import { ErrorNote } from '../../kit/error-note';

/** The engine against its reference on this device, case by case. */
export function SelfTest() {
  const { asked } = useSelfTest();
  const { results, total } = lastOf(asked) ?? { results: [], total: null };
  const going = asked.state === 'asking';
  const busy = useRun((state) => isLive(state.status) && !isElsewhere(state));
  const wrong = results.filter(({ pass }) => !pass);
  return (
    <section className="self-test" aria-labelledby="self-test">
      <h2 id="self-test">Check my GPU</h2>
      <p className="muted">
        Small models are trained here and held against the same computed in double precision: every layer, every
        gradient, and the same bits twice. It takes some seconds and changes nothing.
      </p>
      <div className="button-row">
        {going ? (
          <button type="button" className="button" onClick={() => void cancelCheck()}>
            Cancel
          </button>
        ) : (
          <button type="button" className="button primary" disabled={busy} onClick={() => void checkDevice()}>
            {total === null ? 'Check my GPU' : 'Check again'}
          </button>
        )}
        {busy && <span className="muted">A run has the device: stop it first.</span>}
      </div>
      <p role="status" className={total === null ? 'muted' : `callout ${wrong.length > 0 ? 'error' : 'good'}`}>
        {going && `Checking: ${plural(results.length, 'case')} done.`}
        {total !== null &&
          verdict(
            wrong.map(({ name }) => name),
            total,
            results.reduce((sum, one) => sum + one.milliseconds, 0),
          )}
      </p>
      {asked.state === 'failed' && (
        <ErrorNote
          what="check"
          help={{ label: 'Check again', run: () => void checkDevice(), disabled: busy }}
          onClose={checks.closeError}
        >
          {`The check could not be made: ${asked.error.message}`}
        </ErrorNote>
      )}
      {results.length > 0 && (
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Cases of the check">
          <table>
            <thead>
              <tr>
                <th scope="col">Case</th>
                <th scope="col">Verdict</th>
                <th scope="col" className="number">
                  Largest error
                </th>
                <th scope="col">Of what</th>
                <th scope="col" className="number">
                  Time
                </th>
              </tr>
            </thead>
            <tbody>
              {results.map(({ name, about, pass, largest, worst, milliseconds }) => (
                <tr key={name}>
                  <th scope="row" title={about}>
                    {name}
                    <span className="case-about muted small">{about}</span>
                  </th>
                  <td className={pass ? 'pass' : 'fail'}>{pass ? '✓ agrees' : '✗ differs'}</td>
                  <td className="number" title={String(largest)}>
                    {largest === 0 && pass ? 'none' : formatNumber(largest)}
                  </td>
                  <td className="muted small">{worst}</td>
                  <td className="number">{milliseconds < 1000 ? '< 1 s' : formatDuration(milliseconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function verdict(wrong: readonly string[], total: number, ms: number): string {
  if (wrong.length === 0) {
    return `All ${total} cases agree with the reference, in ${formatDuration(ms)}: this device computes right.`;
  }
  return `${wrong.length} of ${total} cases differ (${wrong.join(', ')}): what is trained on this device is not to be trusted. Another browser or a newer driver may help; results here cannot be compared with others’.`;
}
