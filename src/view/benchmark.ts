import type { BenchmarkProgress, BenchmarkResult, BenchmarkSystem, QueryResult } from '../host/browser/api';
import type { MetricName } from '../records/records';
import { plural } from './format';

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
  scores: 'Scores and intervals are worked out',
};

/** `The model reads the documents: 512 of 1,400.` */
export function progressSentence(progress: BenchmarkProgress | null): string {
  if (!progress) return 'The benchmark begins.';
  const { what, done, of } = progress;
  const count = what === 'scores' ? '' : `: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
  return `${DOING[what]}${count}.`;
}

/** What a split's judgements leave out and why, a sentence each. */
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

export interface QueryGain extends QueryResult {
  gain: number;
}

/** Queries by what one system gained in nDCG@10 over another, those that changed: most gained first, most lost first. */
export function gains(
  { systems, perQuery }: Pick<BenchmarkResult, 'systems' | 'perQuery'>,
  [of, over]: readonly [BenchmarkSystem, BenchmarkSystem],
): { gained: QueryGain[]; lost: QueryGain[]; same: number } {
  const at = (name: BenchmarkSystem): number => systems.findIndex(({ system }) => system === name);
  const [a, b] = [at(of), at(over)];
  const all = perQuery.map((query) => ({ ...query, gain: (query.ndcg_cut_10[a] ?? 0) - (query.ndcg_cut_10[b] ?? 0) }));
  const sorted = all.filter(({ gain }) => gain !== 0).sort((x, y) => y.gain - x.gain);
  const gained = sorted.filter(({ gain }) => gain > 0);
  const lost = sorted.filter(({ gain }) => gain < 0).reverse();
  return { gained, lost, same: all.length - gained.length - lost.length };
}

/** The result as JSON: everything, exact. */
export function metricsJson(result: BenchmarkResult): string {
  const { collection, split, documents, queries: count, model, passages, systems, perQuery } = result;
  const names = systems.map(({ system }) => system);
  const queries = perQuery.map(({ id, ndcg_cut_10 }) => ({
    id,
    ndcg_cut_10: Object.fromEntries(names.map((name, i) => [name, ndcg_cut_10[i]])),
  }));
  const record = { collection, split, documents, queries: count, model, passages, systems, per_query: queries };
  return `${JSON.stringify(record, null, 1)}\n`;
}

/** A row a system and metric: value, interval. */
export function metricsCsv({ systems }: Pick<BenchmarkResult, 'systems'>): string {
  const rows = systems.flatMap((result) =>
    METRICS.map(({ name }) => [result.system, name, result[name], ...result.ci95[name]].join(',')),
  );
  return ['system,metric,value,low95,high95', ...rows, ''].join('\r\n');
}

/** A row a query: nDCG@10 by system. */
export function queriesCsv({ systems, perQuery }: Pick<BenchmarkResult, 'systems' | 'perQuery'>): string {
  const rows = perQuery.map(({ id, ndcg_cut_10 }) => [field(id), ...ndcg_cut_10].join(','));
  return [['query', ...systems.map(({ system }) => system)].join(','), ...rows, ''].join('\r\n');
}

/** RFC 4180. */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
