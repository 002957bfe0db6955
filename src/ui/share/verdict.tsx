import { useDevice } from '../../store/device';
import { usePage } from '../../store/page';
import { useRun } from '../../store/run';
import { adapterName, formatClaimed, formatDifference, verdictOf } from '../../view/verdict';

/** As few as a claim may hold, so that the table fits a phone. */
const DIGITS = 8;

/** Whether the run that ended bears out the result that came with the link. */
export function VerdictCard() {
  const arrived = usePage((state) => state.arrived);
  const device = useDevice();
  const { status, session, fingerprint, evaluation } = useRun();
  const claim = arrived?.claim;
  if (!arrived || !claim || status !== 'finished' || !session || !fingerprint) return null;
  const adapter = device.kind === 'ready' ? adapterName(device.report) : '';
  const verdict = verdictOf(arrived.session, claim, { session, fingerprint, evaluation, adapter });
  if (verdict.kind === 'edited') return <p className="muted">{verdict.text}</p>;

  const sameFingerprint = fingerprint.startsWith(claim.fingerprint);
  return (
    <section className={`callout verdict ${verdict.kind}`} aria-label="Verdict">
      <div className="stack">
        <div role="status">
          <h2>{verdict.title}</h2>
          <p>{verdict.text}</p>
        </div>
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Claimed and found">
          <table>
            <thead>
              <tr>
                <td />
                <th scope="col" className="number">
                  claimed
                </th>
                <th scope="col" className="number">
                  found here
                </th>
                <th scope="col" className="number">
                  difference
                </th>
              </tr>
            </thead>
            <tbody>
              {verdict.rows.map((row) => (
                <tr key={row.name}>
                  <th scope="row" title={row.name}>
                    {row.label}
                  </th>
                  <td className="number">{formatClaimed(row.claimed)}</td>
                  <td className="number">{formatClaimed(row.found)}</td>
                  <td className="number">{formatDifference(row)}</td>
                </tr>
              ))}
              <tr>
                <th scope="row">fingerprint</th>
                <td className="number mono" title={claim.fingerprint}>
                  {claim.fingerprint.slice(0, DIGITS)}
                </td>
                <td className="number mono" title={fingerprint}>
                  {fingerprint.slice(0, DIGITS)}
                </td>
                <td className="number">{sameFingerprint ? 'none' : 'other bits'}</td>
              </tr>
              <tr>
                <th scope="row">adapter</th>
                <td className="number">{claim.adapter || 'not named'}</td>
                <td className="number">{adapter || 'not named'}</td>
                <td className="number">{claim.adapter === adapter ? 'none' : 'another'}</td>
              </tr>
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}
