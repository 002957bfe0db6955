import type { MetricName, RetrievalMetrics } from '../../../records/records';
import type { Listener } from '../wire';

/** A file of a collection, with its path in the folder (`/` between the parts). */
export interface CollectionFile {
  path: string;
  file: Blob;
}

export interface CollectionPreview {
  /** The folder's name. */
  name: string;
  /** SHA-256 of `corpus.jsonl`, by which a session names it. */
  corpus: string;
  documents: number;
  documentsWithoutTitle: number;
  /** Number of documents without a word. */
  emptyDocuments: number;
  queries: number;
  /** The first few documents, with their texts cut. */
  documentExamples: readonly { id: string; title: string; text: string }[];
  queryExamples: readonly { id: string; text: string }[];
  splits: readonly SplitPreview[];
  /** Files of judgements that cannot be read, and why. */
  unreadable: readonly { split: string; reason: string }[];
  /** Sentences about what was left out, or read differently from how it is written. */
  notices: readonly string[];
}

export interface SplitPreview {
  name: string;
  /** Number of queries that can be scored: those with a relevant document. */
  queries: number;
  judgements: number;
  /** Number of judgements left out, by reason. */
  judgements_of_unknown_queries: number;
  judgements_of_unknown_documents: number;
  /** Number of judged queries left out because none of their documents is relevant. */
  queries_without_relevant: number;
}

/** The model of a benchmark: a run's, by its name, or one of the opened models, by its hash. */
export type BenchmarkChoice = { run: string } | { model: string };

export interface BenchmarkModelState {
  /** The run's name, or the opened model's hash; then `step` is 0. */
  run: string;
  step: number;
}

export type BenchmarkSystem =
  'bm25' | 'rival' | 'fusion_rival' | 'direct' | 'reasoning' | 'fusion_direct' | 'fusion' | 'fusion_together';

export interface BenchmarkProgress {
  what: 'bm25' | 'documents' | 'direct' | 'reasoning' | 'weights' | 'scores';
  /** The name of the second model, while that one is at work. */
  who?: string;
  done: number;
  of: number;
}
export type BenchmarkListener = Listener<BenchmarkProgress>;

/** Shares of the words of a collection that the model never saw. */
export interface UnknownShare {
  documents: number;
  queries: number;
}

export interface BenchmarkResult {
  collection: string;
  split: string;
  documents: number;
  /** Number of queries that the means are over. */
  queries: number;
  /** Number of ranked documents left out: those that are the query itself, or that the query excludes. */
  documentsOfQueries: number;
  /** Number of queries that share no word with any document, so that BM25 finds nothing. */
  queriesWithoutWord: number;
  /** The model's run and step; null where BM25 stands alone. */
  model: BenchmarkModelState | null;
  /**
   * Number of documents longer than the model's context, number of passages in all, and whether the embeddings were
   * kept from an earlier time; null without a model.
   */
  passages: { split: number; passages: number; reopened: boolean } | null;
  /** The second model (an embedder) and how many documents lost their end to its limit; null where none was chosen. */
  rival: { hash: string; name: string; truncated: number } | null;
  /** Shares of unknown words; null without a model. */
  unknown: UnknownShare | null;
  /** Sentences on whether reasoning helps here; null where the model does not reason. */
  reasoning: string | null;
  /** The scores of each system, in the order of a table. */
  systems: readonly SystemResult[];
  perQuery: readonly QueryResult[];
  /** The files that can be saved. */
  files: readonly { name: string; about: string }[];
  milliseconds: number;
}

export interface SystemResult extends RetrievalMetrics {
  system: BenchmarkSystem;
  /** Percentile bootstrap over queries. */
  ci95: Record<MetricName, [low: number, high: number]>;
  /** Mean over queries of the difference in nDCG@10 to BM25, with its interval; null for BM25 itself. */
  overBm25: { mean: number; ci95: [low: number, high: number] } | null;
  /** For a fusion, sentences on its weight and the reason for it; null for other systems. */
  fused: string | null;
  /** Number of queries longer than the context, and number of queries after whose reasoning no embed token came. */
  truncated: number;
  notEmitted: number;
}

export interface QueryResult {
  id: string;
  text: string;
  /** Scores of one query, a number for each of `systems`. */
  scores: Readonly<Record<MetricName, readonly number[]>>;
}

/** Two systems that are compared, and by which metric. */
export interface Comparison {
  of: BenchmarkSystem;
  over: BenchmarkSystem;
  metric: MetricName;
}

export interface QueryDetail {
  id: string;
  text: string;
  /** The text that the model wrote before it embedded; null where it embedded at once. */
  trace: string | null;
  found: readonly { system: BenchmarkSystem; hits: readonly BenchmarkHit[] }[];
  /** The relevant documents, best grade first, with their rank in each system; 0 where not found. */
  relevant: readonly { id: string; title: string; grade: number; ranks: readonly number[] }[];
}

export interface BenchmarkHit {
  id: string;
  title: string;
  text: string;
  score: number;
  /** The document's grade; null where it was not judged. */
  grade: number | null;
}
