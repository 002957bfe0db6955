import { ARMS } from '../../../view/arms';
import {
  armsOfGroups,
  estimate,
  groupRuns,
  settingRows,
  type ReadableRun,
  type RunGroup,
} from '../../../view/compare-runs';
import { FEW_QUERIES, formatEstimate, formatGap } from '../../../view/score';
import { Explained } from '../../kit/explained';
import { CompareCurves } from './compare-curves';

/** The comparison of ticked runs: settings that differ, scores with intervals, and curves. */
export function Compare({ runs, onClose }: { runs: readonly ReadableRun[]; onClose: () => void }) {
  const groups = groupRuns(runs);
  return (
    <div className="view-body compare">
      <div className="compare-head">
        <h1>Compare</h1>
        <button type="button" className="button" onClick={onClose}>
          Back to the runs
        </button>
      </div>
      <Settings groups={groups} />
      <Results groups={groups} />
      <CompareCurves groups={groups} key={runs.map(({ id }) => id).join()} />
    </div>
  );
}

function Settings({ groups }: { groups: readonly RunGroup[] }) {
  const rows = settingRows(groups);
  return (
    <section aria-labelledby="compare-settings">
      <h2 id="compare-settings">What differs in their sessions</h2>
      {rows.length === 0 ? (
        <p className="muted">
          {groups.length === 1 ? 'Nothing but the seed: they are runs of one session.' : 'Nothing.'}
        </p>
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Settings that differ">
          <table>
            <thead>
              <tr>
                <th scope="col">Setting</th>
                {groups.map(({ name }, at) => (
                  <th key={at} scope="col" className="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ path, label, values }) => (
                <tr key={path}>
                  <th scope="row" title={path}>
                    <Explained id={`setting/${path}`}>{label}</Explained>
                  </th>
                  {values.map((value, at) => (
                    <td key={at} className="number">
                      {value}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Results({ groups }: { groups: readonly RunGroup[] }) {
  const arms = armsOfGroups(groups);
  if (arms.length === 0) return <p className="muted">None of them has finished: there is no final result yet.</p>;
  return (
    <section aria-labelledby="compare-results">
      <h2 id="compare-results">
        Final <Explained id="ndcg_cut_10">nDCG@10</Explained>
      </h2>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Final results">
        <table>
          <thead>
            <tr>
              <td />
              {groups.map(({ name }, at) => (
                <th key={at} scope="col" className="number">
                  {name}
                </th>
              ))}
              {groups.slice(1).map(({ name }, at) => (
                <th key={at} scope="col" className="number">
                  {groups.length > 2 ? `${name} − first` : 'difference'}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {arms.map((arm) => {
              const found = groups.map((group) => estimate(group, arm));
              const [first, ...others] = found;
              return (
                <tr key={arm}>
                  <th scope="row">
                    <Explained id={`arm/${arm}`}>{ARMS[arm].label}</Explained>
                  </th>
                  {found.map((one, at) => (
                    <td key={at} className="number">
                      {one ? formatEstimate(one) : '–'}
                    </td>
                  ))}
                  {others.map((one, at) => (
                    <td key={at} className="number">
                      {first && one ? formatGap(first, one) : '–'}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="muted small">
        In brackets <Explained id="interval">95 % intervals</Explained>: the uncertainty from the choice of test
        queries, and the spread over seeds where a session ran with several; with fewer than {FEW_QUERIES} queries their
        number stands instead. Differences assume that the runs are independent.
      </p>
    </section>
  );
}
