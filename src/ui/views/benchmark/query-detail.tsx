import type { BenchmarkHit, QueryDetail } from '../../../host/browser/api';
import { openQuery, useBenchmark } from '../../../store/benchmark';
import { systemLabel, SYSTEMS } from '../../../view/benchmark';
import { formatNumber } from '../../../view/format';
import { IconButton } from '../../kit/icon-button';
import { CloseIcon, RightIcon } from '../../kit/icons';
import '../search/search.css';

/** One query: what the model wrote, what every system found, and where the relevant documents stand. */
export function QueryDetailCard() {
  const { detail, opening, result } = useBenchmark();
  const rival = result?.rival ?? null;
  if (opening !== null) return <p className="muted">Opening query {opening}.</p>;
  if (!detail) return <p className="muted">Open a query to see what was written and found for it.</p>;
  return (
    <article className="query-detail" aria-label={`Query ${detail.id}`}>
      <div className="query-detail-head">
        <h3>
          <span className="muted mono">{detail.id}</span> {detail.text}
        </h3>
        <IconButton label="Close the query" onClick={() => void openQuery(null)}>
          <CloseIcon />
        </IconButton>
      </div>
      <Trace trace={detail.trace} />
      <Relevant detail={detail} rival={rival} />
      <div className="found-lists">
        {detail.found.map(({ system, hits }) => (
          <div key={system}>
            <h4>
              <span className="arm-dot" style={{ background: `var(${SYSTEMS[system].color})` }} aria-hidden="true" />
              {systemLabel(system, rival)}
            </h4>
            {hits.length === 0 && <p className="muted">Found nothing.</p>}
            <ol>
              {hits.map((hit, at) => (
                <Hit key={hit.id} hit={hit} place={at + 1} />
              ))}
            </ol>
          </div>
        ))}
      </div>
    </article>
  );
}

function Trace({ trace }: { trace: string | null }) {
  if (trace === null) return null;
  return (
    <p className="query-trace">
      <span className="muted">Written before the embed token: </span>
      <span className="mono">{trace.trim() === '' ? 'nothing' : trace}</span>
    </p>
  );
}

function Relevant({ detail: { relevant, found }, rival }: { detail: QueryDetail; rival: { name: string } | null }) {
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label="Places of the relevant documents">
      <table>
        <thead>
          <tr>
            <th scope="col">Relevant document</th>
            <th scope="col" className="number">
              Grade
            </th>
            {found.map(({ system }) => (
              <th key={system} scope="col" className="number">
                {systemLabel(system, rival)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {relevant.map(({ id, title, grade, ranks }) => (
            <tr key={id}>
              <th scope="row">
                <span className="mono">{id}</span> {title}
              </th>
              <td className="number">{formatNumber(grade)}</td>
              {ranks.map((rank, at) => (
                <td key={found[at]?.system ?? at} className="number">
                  {rank === 0 ? '–' : rank.toLocaleString('en')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Hit({ hit, place }: { hit: BenchmarkHit; place: number }) {
  const relevant = hit.grade !== null && hit.grade > 0;
  return (
    <li className={`found${relevant ? ' relevant' : ''}`}>
      <span className="hit-place">{place}</span>
      <span className="found-text">
        <span className="mono">{hit.id}</span> {hit.title !== '' && <strong>{hit.title} </strong>}
        {hit.text}
      </span>
      {relevant && (
        <span className="hit-mark" title={`Relevant, grade ${hit.grade ?? 0}`}>
          <RightIcon />
          <span className="hidden-text">relevant</span>
        </span>
      )}
    </li>
  );
}
