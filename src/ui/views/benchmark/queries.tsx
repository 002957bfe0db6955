import { useMemo } from 'react';
import type { BenchmarkResult, Comparison } from '../../../host/browser/api';
import { compareSystems, openQuery, useBenchmark } from '../../../store/benchmark';
import { comparedQueries, gains, METRICS, systemLabel, type ComparedQuery } from '../../../view/benchmark';
import { formatScore, plural } from '../../../view/format';
import { AllQueries } from './all-queries';
import { Choice } from '../../kit/choice';
import { QueryDetailCard } from './query-detail';

const SHOWN = 8;

/** The queries that gained and lost most between two systems, all of them, and the one that is open. */
export function Queries({ result }: { result: BenchmarkResult }) {
  const compared = useBenchmark((state) => state.compared);
  if (!compared) return null;
  return (
    <section className="benchmark-queries" aria-label="Queries">
      <h2>Queries</h2>
      <Compared result={result} compared={compared} />
      <QueryDetailCard />
    </section>
  );
}

function Compared({ result, compared }: { result: BenchmarkResult; compared: Comparison }) {
  const queries = useMemo(() => comparedQueries(result, compared), [result, compared]);
  const systems = result.systems.map(({ system }) => ({ value: system, label: systemLabel(system, result.rival) }));
  const metrics = METRICS.map(({ name, label }) => ({ value: name, label }));
  const isAlone = systems.length === 1;
  return (
    <>
      <div className="compare-row">
        {!isAlone && (
          <>
            <Choice label="Compare" value={compared.of} options={systems} onChange={(of) => compareSystems({ of })} />
            <Choice
              label="with"
              value={compared.over}
              options={systems}
              onChange={(over) => compareSystems({ over })}
            />
          </>
        )}
        <Choice
          label={isAlone ? 'Metric' : 'by'}
          value={compared.metric}
          options={metrics}
          onChange={(metric) => compareSystems({ metric })}
        />
      </div>
      {!isAlone && <Gains queries={queries} label={systemLabel(compared.of, result.rival)} />}
      <AllQueries queries={queries} compared={compared} rival={result.rival} isAlone={isAlone} />
    </>
  );
}

function Gains({ queries, label }: { queries: readonly ComparedQuery[]; label: string }) {
  const { gained, lost, same } = useMemo(() => gains(queries), [queries]);
  return (
    <>
      <p className="muted">
        {plural(gained.length, 'query', 'queries')} gained, {lost.length.toLocaleString('en')} lost,{' '}
        {same.toLocaleString('en')} stayed the same.
      </p>
      <div className="gains">
        <QueryList title={`Gained most by ${label}`} queries={gained.slice(0, SHOWN)} kind="gained" />
        <QueryList title={`Lost most by ${label}`} queries={lost.slice(0, SHOWN)} kind="lost" />
      </div>
    </>
  );
}

function QueryList(props: { title: string; queries: readonly ComparedQuery[]; kind: 'gained' | 'lost' }) {
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
