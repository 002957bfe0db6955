import type {
  BenchmarkChoice,
  BenchmarkModelState,
  BenchmarkProgress,
  BenchmarkResult,
  BenchmarkSystem,
  Comparison,
  KeptModel,
  StoredRun,
  UnknownShare,
} from '../host/browser/api';
import type { MetricName } from '../records/records';
import { ARMS, type ArmStyle } from './arms';
import { quotedCell } from './csv';
import { matchScore } from './filter';
import { plural } from './format';
import { runName } from './run-words';

// A benchmark in words and tables: its progress, the models to choose from, and its results as CSV and JSON.

export const METRICS: readonly { name: MetricName; label: string }[] = [
  { name: 'ndcg_cut_10', label: 'nDCG@10' },
  { name: 'recip_rank_cut_10', label: 'MRR@10' },
  { name: 'success_1', label: 'Success@1' },
  { name: 'recall_100', label: 'Recall@100' },
  { name: 'map', label: 'MAP' },
];

const DOING: Readonly<Record<BenchmarkProgress['what'], string>> = {
  bm25: 'BM25 ranks',
  documents: 'The model reads the documents',
  direct: 'The model embeds the queries at once',
  reasoning: 'The model reasons about the queries',
  weights: 'The model reads what the weights of a fusion are chosen on',
  scores: 'Scores and intervals are worked out',
};

/** The progress of a benchmark as a sentence: `The model reads the documents: 512 of 1,400.` */
export function progressSentence(progress: BenchmarkProgress | null): string {
  if (!progress) return 'The benchmark begins.';
  const { what, who, done, of } = progress;
  const count = what === 'scores' ? '' : `: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
  const doing = who === undefined ? DOING[what] : DOING[what].replace('The model', who);
  return `${doing}${count}.`;
}

/** The share of unknown words from which a model's scores say little. */
const MANY_UNKNOWN = 0.3;

/** A sentence on the words of a collection that a model's vocabulary lacks; null where there are almost none. */
export function unknownSentence(unknown: UnknownShare | null): { text: string; warns: boolean } | null {
  if (!unknown || Math.max(unknown.documents, unknown.queries) < 0.005) return null;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const warns = Math.max(unknown.documents, unknown.queries) >= MANY_UNKNOWN;
  const text = `The model never saw ${percent(unknown.documents)} of the documents’ words and ${percent(unknown.queries)} of the queries’`;
  return { text: warns ? `${text}: its scores say little about this collection.` : `${text}.`, warns };
}

export interface ModelChoice {
  /** The value of the choice in the list. */
  value: string;
  of: BenchmarkChoice;
  label: string;
}

/**
 * The models that can be compared with BM25: the current one of the run on the page, then the last kept one of every
 * run, then the opened models.
 */
export function benchmarkModels(
  open: BenchmarkModelState | null,
  kept: readonly StoredRun[],
  models: readonly KeptModel[] = [],
): ModelChoice[] {
  const ofRun = (run: string, name: string, step: number): ModelChoice => ({
    value: run,
    of: { run },
    label: `${name}, step ${step.toLocaleString('en')}`,
  });
  const shown = kept.find(({ id }) => id === open?.run);
  const others = kept.flatMap((stored): ModelChoice[] => {
    const step = stored.run?.checkpoints.at(-1);
    if (step === undefined || stored.id === open?.run || stored.state === 'unreadable') return [];
    return [ofRun(stored.id, runName(stored), step)];
  });
  const opened = models.map(({ hash, name }): ModelChoice => ({ value: hash, of: { model: hash }, label: name }));
  return [...(open ? [ofRun(open.run, shown ? runName(shown) : 'This run', open.step)] : []), ...others, ...opened];
}

/** Sentences on what a split's judgements leave out, and why. */
export function leftOutSentences(split: {
  judgements_of_unknown_queries: number;
  judgements_of_unknown_documents: number;
  queries_without_relevant: number;
}): string[] {
  const { judgements_of_unknown_queries, judgements_of_unknown_documents, queries_without_relevant } = split;
  return [
    judgements_of_unknown_queries > 0 &&
      `${plural(judgements_of_unknown_queries, 'judgement')} of queries that queries.jsonl does not hold`,
    judgements_of_unknown_documents > 0 &&
      `${plural(judgements_of_unknown_documents, 'judgement')} of documents that corpus.jsonl does not hold`,
    queries_without_relevant > 0 &&
      `${plural(queries_without_relevant, 'query', 'queries')} without a relevant document`,
  ].filter((text) => text !== false);
}

const FUSED =
  'Scores scaled query by query and added, by weights chosen on queries that are not scored; a weight may be 0. Of BM25 and';

/** A system's name, which for the second model is that model's own. */
export function systemLabel(system: BenchmarkSystem, rival: { name: string } | null | undefined): string {
  if (rival && system === 'rival') return rival.name;
  if (rival && system === 'fusion_rival') return `BM25 and ${rival.name}`;
  if (rival && system === 'fusion_together') return `BM25, ${rival.name} and the model`;
  return SYSTEMS[system].label;
}

/** The encoders that can be compared with BM25. */
export const rivals = (models: readonly KeptModel[]): KeptModel[] =>
  models.filter(({ modelType }) => modelType === 'bert');

/** The names of systems in tables; the arms of an evaluation keep their names. */
export const SYSTEMS: Readonly<Record<BenchmarkSystem, Pick<ArmStyle, 'label' | 'meaning' | 'color'>>> = {
  bm25: ARMS.bm25,
  rival: {
    label: 'small embedder',
    meaning: 'A small published embedder as it is downloaded, alone.',
    color: '--muted',
  },
  fusion_rival: {
    label: 'BM25 and small embedder',
    meaning: `${FUSED} the small embedder.`,
    color: '--muted',
  },
  direct: ARMS.direct,
  reasoning: ARMS.reasoning,
  fusion_direct: {
    label: 'BM25 and no reasoning',
    meaning: `${FUSED} the model that embeds at once.`,
    color: '--accent',
  },
  fusion: {
    label: 'BM25 and reasoning',
    meaning: `${FUSED} the model that reasons first.`,
    color: '--accent',
  },
  fusion_together: {
    label: 'BM25, small embedder and the model',
    meaning: `${FUSED} both models, at once. Whether the model adds to what anybody could download: its weight is then above 0.`,
    color: '--accent',
  },
};

export interface ComparedQuery {
  id: string;
  text: string;
  of: number;
  over: number;
  gain: number;
}

type PerQuery = Pick<BenchmarkResult, 'systems' | 'perQuery'>;

/** Every query with its scores in the two systems, in the collection's order. */
export function comparedQueries({ systems, perQuery }: PerQuery, { of, over, metric }: Comparison): ComparedQuery[] {
  const at = (name: BenchmarkSystem): number => systems.findIndex(({ system }) => system === name);
  const [a, b] = [at(of), at(over)];
  return perQuery.map(({ id, text, scores }) => {
    const [first, second] = [scores[metric][a] ?? 0, scores[metric][b] ?? 0];
    return { id, text, of: first, over: second, gain: first - second };
  });
}

/** The queries whose score differs between two systems: most gained first, and most lost first. */
export function gains(queries: readonly ComparedQuery[]): {
  gained: ComparedQuery[];
  lost: ComparedQuery[];
  same: number;
} {
  const sorted = queries.filter(({ gain }) => gain !== 0).sort((x, y) => y.gain - x.gain);
  const gained = sorted.filter(({ gain }) => gain > 0);
  const lost = sorted.filter(({ gain }) => gain < 0).reverse();
  return { gained, lost, same: queries.length - gained.length - lost.length };
}

export type QueryOrder = 'gain' | 'of' | 'over' | 'id';

const byName = new Intl.Collator('en', { numeric: true }).compare;

/** The queries whose id or text has all words of `find`, in order; of equal ones the lower id first. */
export function listedQueries(
  queries: readonly ComparedQuery[],
  { find, order, descending }: { find: string; order: QueryOrder; descending: boolean },
): ComparedQuery[] {
  const sign = descending ? -1 : 1;
  const compare = (a: ComparedQuery, b: ComparedQuery): number =>
    order === 'id' ? sign * byName(a.id, b.id) : sign * (a[order] - b[order]) || byName(a.id, b.id);
  return queries.filter(({ id, text }) => matchScore(find, `${id} ${text}`, false) !== null).sort(compare);
}

/** The result as JSON, with all figures and digits. */
export function metricsJson(result: BenchmarkResult): string {
  const { collection, split, documents, queries: count, model, rival, passages, systems, perQuery } = result;
  const names = systems.map(({ system }) => system);
  const queries = perQuery.map(({ id, scores }) => ({
    id,
    ...Object.fromEntries(
      METRICS.map(({ name }) => [name, Object.fromEntries(names.map((system, i) => [system, scores[name][i]]))]),
    ),
  }));
  const record = { collection, split, documents, queries: count, model, rival, passages, systems, per_query: queries };
  return `${JSON.stringify(record, null, 1)}\n`;
}

/** The metrics as CSV: a row for each system and metric, with value and interval. */
export function metricsCsv({ systems }: Pick<BenchmarkResult, 'systems'>): string {
  const rows = systems.flatMap((result) =>
    METRICS.map(({ name }) => [result.system, name, result[name], ...result.ci95[name]].join(',')),
  );
  return ['system,metric,value,low95,high95', ...rows, ''].join('\r\n');
}

/** The queries as CSV: a row for each query and metric, with the value of every system. */
export function queriesCsv({ systems, perQuery }: PerQuery): string {
  const rows = perQuery.flatMap(({ id, scores }) =>
    METRICS.map(({ name }) => [quotedCell(id), name, ...scores[name]].join(',')),
  );
  return [['query', 'metric', ...systems.map(({ system }) => system)].join(','), ...rows, ''].join('\r\n');
}
