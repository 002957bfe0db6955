import { sameAncestors } from '../../config/ancestors';
import { useDevice } from '../../store/device';
import { usePage } from '../../store/page';
import { isLive, useRun } from '../../store/run';
import { streams } from '../../store/streams';
import { adapterName, formatClaimed, formatClaimDifference, standingOf, verdictOf } from '../../view/verdict';
import { useTick } from '../kit/use-tick';
import './verdict.css';

/** Number of shown digits, as few as a claim may hold, so that the table fits a phone. */
const DIGITS = 8;

/** A card on whether the run on the page agrees with the result that its link claims: so far, or at its end. */
export function VerdictCard() {
  const arrived = usePage((state) => state.arrived);
  const device = useDevice();
  const run = useRun();
  useTick();
  if (run.status === 'ready') return null;
  const { status, session, ancestors, numerics, claim: own } = run;
  const claim = own ?? arrived?.claim;
  if (!claim) return null;
  // A fork of the link's session, or a run of what it is a fork of: another run.
  if (!own && !sameAncestors(arrived?.ancestors ?? [], ancestors)) return null;
  const opened = own ? session : (arrived?.session ?? session);
  const adapter = device.kind === 'ready' ? adapterName(device.report) : '';
  const { links } = streams;
  const result = run.status === 'finished' ? run.result : null;
  if (result === null) {
    return own && isLive(status) ? <Standing {...standingOf(session, own, { links, adapter })} /> : null;
  }
  const verdict = verdictOf(opened, claim, { session, ...result, numerics, adapter, links });
  if (verdict.kind === 'edited') return <p className="muted">{verdict.text}</p>;

  const { fingerprint } = result;
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
                  <td className="number">{formatClaimDifference(row)}</td>
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

function Standing({ kind, title, text }: { kind: string; title?: string; text: string }) {
  if (title === undefined) return <p className="muted">{text}</p>;
  return (
    <section className={`callout verdict ${kind}`} aria-label="Verdict so far">
      <div className="stack" role="status">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
    </section>
  );
}
