import { useMemo } from 'react';
import type { BenchmarkResult, BenchmarkSystem } from '../../../host/browser/api';
import { openQuery, useBenchmark } from '../../../store/benchmark';
import { ARMS } from '../../../view/arms';
import { gains, type QueryGain } from '../../../view/benchmark';
import { formatScore, plural } from '../../../view/format';
import { QueryDetailCard } from './query-detail';

const SHOWN = 8;

/** The queries that gained and lost most between two systems, or the weakest ones where there is but one. */
export function Queries({ result }: { result: BenchmarkResult }) {
  const compared = useBenchmark((state) => state.compared);
  return (
    <section className="benchmark-queries" aria-label="Queries">
      <h2>Queries</h2>
      {compared ? <Compared result={result} compared={compared} /> : <Weakest result={result} />}
      <QueryDetailCard />
    </section>
  );
}

function Compared({
  result,
  compared,
}: {
  result: BenchmarkResult;
  compared: readonly [BenchmarkSystem, BenchmarkSystem];
}) {
  const { gained, lost, same } = useMemo(() => gains(result, compared), [result, compared]);
  const [of, over] = compared;
  const names = result.systems.map(({ system }) => system);
  const choose = (pair: readonly [BenchmarkSystem, BenchmarkSystem]): void => useBenchmark.setState({ compared: pair });
  return (
    <>
      <div className="compare-row">
        <Choice label="Compare" value={of} options={names} onChange={(name) => choose([name, over])} />
        <Choice label="with" value={over} options={names} onChange={(name) => choose([of, name])} />
        <span className="muted">
          {plural(gained.length, 'query', 'queries')} gained, {lost.length.toLocaleString('en')} lost,{' '}
          {same.toLocaleString('en')} stayed the same (nDCG@10).
        </span>
      </div>
      <div className="gains">
        <QueryList title={`Gained most by ${ARMS[of].label}`} queries={gained.slice(0, SHOWN)} kind="gained" />
        <QueryList title={`Lost most by ${ARMS[of].label}`} queries={lost.slice(0, SHOWN)} kind="lost" />
      </div>
    </>
  );
}

function Choice(props: {
  label: string;
  value: BenchmarkSystem;
  options: readonly BenchmarkSystem[];
  onChange: (name: BenchmarkSystem) => void;
}) {
  return (
    <label className="choice">
      {props.label}
      <select
        className="field-input"
        value={props.value}
        onChange={({ target }) => {
          const found = props.options.find((option) => option === target.value);
          if (found) props.onChange(found);
        }}
      >
        {props.options.map((option) => (
          <option key={option} value={option}>
            {ARMS[option].label}
          </option>
        ))}
      </select>
    </label>
  );
}

function Weakest({ result }: { result: BenchmarkResult }) {
  const queries = useMemo(() => {
    const all = result.perQuery.map((query) => ({ ...query, gain: query.ndcg_cut_10[0] ?? 0 }));
    return all.sort((a, b) => a.gain - b.gain).slice(0, SHOWN);
  }, [result]);
  return <QueryList title="Found least" queries={queries} kind="score" />;
}

function QueryList(props: { title: string; queries: readonly QueryGain[]; kind: 'gained' | 'lost' | 'score' }) {
  const { title, queries, kind } = props;
  const open = useBenchmark((state) => state.opening ?? state.detail?.id ?? null);
  return (
    <div>
      <h3>{title}</h3>
      {queries.length === 0 && <p className="muted">None.</p>}
      <ol>
        {queries.map(({ id, text, gain }) => (
          <li key={id}>
            <button
              type="button"
              className="query-row"
              aria-pressed={id === open}
              title={String(gain)}
              onClick={() => void openQuery(id === open ? null : id)}
            >
              <span className={`query-gain ${kind}`}>
                {kind === 'gained' ? '+' : ''}
                {formatScore(gain)}
              </span>
              <span className="query-text">{text === '' ? id : text}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
