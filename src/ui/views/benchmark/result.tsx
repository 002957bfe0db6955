import { useState } from 'react';
import type { BenchmarkResult, SystemResult } from '../../../host/browser/api';
import { resultFile } from '../../../store/benchmark';
import {
  METRICS,
  metricsCsv,
  metricsJson,
  queriesCsv,
  systemLabel,
  SYSTEMS,
  unknownSentence,
} from '../../../view/benchmark';
import { wordlessSentence } from '../../../lib/wordless';
import { formatDuration, formatScore, plural } from '../../../view/format';
import { Explained } from '../../kit/explained';
import { GlossaryTerm } from '../../kit/term';
import { DownloadIcon } from '../../kit/icons';
import { save } from '../../../store/save';
import { Queries } from './queries';
import '../run/run.css';

/** The result of a benchmark: the scores of all systems, the queries that differ, and files to save. */
export function Result({ result }: { result: BenchmarkResult }) {
  const { split, queries, documents, systems, model, passages, milliseconds } = result;
  const unknown = unknownSentence(result.unknown);
  return (
    <>
      <section className="result" aria-label="Benchmark result">
        <div className="result-head">
          <h2>Result on {split}</h2>
          <span className="muted">
            {plural(queries, 'query', 'queries')}, {plural(documents, 'document')}, {formatDuration(milliseconds)}
            {model && `, model after step ${model.step.toLocaleString('en')}`}
          </span>
        </div>
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Scores by system">
          <table>
            <thead>
              <tr>
                <th scope="col">System</th>
                {METRICS.map(({ name, label }) => (
                  <th key={name} scope="col" className="number">
                    <Explained id={name}>{label}</Explained>
                  </th>
                ))}
                {systems.length > 1 && (
                  <th scope="col" className="number">
                    <Explained id="bm25">nDCG over BM25</Explained>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {systems.map((system) => (
                <SystemRow key={system.system} result={system} rival={result.rival} compares={systems.length > 1} />
              ))}
            </tbody>
          </table>
        </div>
        <Reasoning result={result} />
        <Fusions result={result} />
        {unknown && <p className={unknown.warns ? 'callout warn' : 'muted'}>{unknown.text}</p>}
        <p className="muted">
          Intervals are <Explained id="interval">95 %, bootstrapped</Explained> over queries.{' '}
          {passages && passageSentence(passages)} {rivalSentence(result.rival)} {notes(systems)}{' '}
          {collectionNotes(result)}
        </p>
      </section>
      <Queries result={result} />
      <TakeAway result={result} />
    </>
  );
}

interface SystemRowProps {
  result: SystemResult;
  rival: BenchmarkResult['rival'];
  compares: boolean;
}

function SystemRow({ result, rival, compares }: SystemRowProps) {
  const arm = SYSTEMS[result.system];
  const label = systemLabel(result.system, rival);
  const { overBm25 } = result;
  return (
    <tr>
      <th scope="row">
        <span className="arm-dot" style={{ background: `var(${arm.color})` }} aria-hidden="true" />
        <GlossaryTerm label={label} text={[arm.meaning, result.fused].filter(Boolean).join(' ')}>
          {label}
        </GlossaryTerm>
      </th>
      {METRICS.map(({ name }) => {
        const [low, high] = result.ci95[name];
        return (
          <td key={name} className="number" title={`${result[name]}, 95 % interval ${low} to ${high}`}>
            {formatScore(result[name])}
            {name === 'ndcg_cut_10' && <Interval low={low} high={high} />}
          </td>
        );
      })}
      {compares && (
        <td className="number" title={overBm25 ? String(overBm25.mean) : undefined}>
          {overBm25 ? (
            <>
              {signed(overBm25.mean)}
              <Interval low={overBm25.ci95[0]} high={overBm25.ci95[1]} />
            </>
          ) : (
            '–'
          )}
        </td>
      )}
    </tr>
  );
}

/** Which way of embedding is best here, and what others found. */
function Reasoning({ result: { reasoning } }: { result: BenchmarkResult }) {
  if (reasoning === null) return null;
  return (
    <p>
      <strong>Before the embed token.</strong> {reasoning}{' '}
      <span className="muted">
        Published gains of reasoning are 0.02 to 0.05 nDCG@10 on a pre-trained model of 1.5 billion weights (arXiv
        2510.07048); under equal recipes another study finds none (arXiv 2601.21192).
      </span>
    </p>
  );
}

/** The weight of each fusion, and what it was chosen on. */
function Fusions({ result: { systems, rival } }: { result: BenchmarkResult }) {
  const fused = systems.filter((system) => system.fused !== null);
  if (fused.length === 0) return null;
  return fused.map((system) => (
    <p key={system.system}>
      <strong>{systemLabel(system.system, rival)}.</strong> {system.fused}
    </p>
  ));
}

const Interval = ({ low, high }: { low: number; high: number }) => (
  <span className="interval">
    {' '}
    [{formatScore(low)}, {formatScore(high)}]
  </span>
);

const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatScore(value)}`;

function collectionNotes({ documentsOfQueries, queriesWithoutWord }: BenchmarkResult): string {
  const own =
    documentsOfQueries > 0
      ? `${plural(documentsOfQueries, 'document')} that ${documentsOfQueries === 1 ? 'is the query itself, or is' : 'are the query itself, or are'} excluded by it, left out of the rankings, as BEIR does.`
      : '';
  return [own, wordlessSentence(queriesWithoutWord)].filter(Boolean).join(' ');
}

const rivalSentence = (rival: BenchmarkResult['rival']): string =>
  rival && rival.truncated > 0
    ? `${plural(rival.truncated, 'document')} longer than ${rival.name} reads lost ${rival.truncated === 1 ? 'its' : 'their'} end to it.`
    : '';

const passageSentence = (passages: NonNullable<BenchmarkResult['passages']>): string =>
  `${cutSentence(passages)}${passages.reopened ? ' Their embeddings by this model were kept from before, and opened again.' : ''}`;

const cutSentence = ({ split, passages }: { split: number; passages: number }): string =>
  split === 0
    ? 'Every document fits into the model’s context.'
    : `${plural(split, 'document')} longer than the model’s context ${split === 1 ? 'was' : 'were'} cut into overlapping passages (${passages.toLocaleString('en')} in all); the best one counts.`;

function notes(systems: readonly SystemResult[]): string {
  const truncated = Math.max(0, ...systems.map((system) => system.truncated));
  const silent = systems.find(({ system }) => system === 'reasoning')?.notEmitted ?? 0;
  return [
    truncated > 0 && `${plural(truncated, 'query', 'queries')} longer than the context lost their end.`,
    silent > 0 && `After ${plural(silent, 'query', 'queries')} the reasoning did not end and was embedded without it.`,
  ]
    .filter((note) => note !== false)
    .join(' ');
}

/** Files of the result. */
function TakeAway({ result }: { result: BenchmarkResult }) {
  const [saving, setSaving] = useState<string | null>(null);
  const own = [
    { name: `${result.collection}.metrics.json`, about: 'metrics, exact', write: () => metricsJson(result) },
    { name: `${result.collection}.metrics.csv`, about: 'metrics and intervals', write: () => metricsCsv(result) },
    { name: `${result.collection}.queries.csv`, about: 'metrics by query', write: () => queriesCsv(result) },
  ];
  const fetchAndSave = async (name: string): Promise<void> => {
    setSaving(name);
    const bytes = await resultFile(name);
    if (bytes) save(name, bytes);
    setSaving(null);
  };
  return (
    <section aria-label="Files to take away">
      <h2>Take away</h2>
      <ul className="take-away">
        {own.map(({ name, about, write }) => (
          <FileButton key={name} name={name} about={about} onClick={() => save(name, write())} />
        ))}
        {result.files.map(({ name, about }) => (
          <FileButton
            key={name}
            name={name}
            about={about}
            busy={saving === name}
            onClick={() => void fetchAndSave(name)}
          />
        ))}
      </ul>
    </section>
  );
}

function FileButton(props: { name: string; about: string; busy?: boolean; onClick: () => void }) {
  return (
    <li>
      <button type="button" className="button" disabled={props.busy === true} onClick={props.onClick}>
        <DownloadIcon />
        <span className="mono">{props.name}</span>
      </button>
      <span className="muted">{props.about}</span>
    </li>
  );
}
