import type { MetricName, RetrievalMetrics } from '../../../records/records';
import type { Listener } from '../wire';

/** A file by its path in the folder, with `/`. */
export interface CollectionFile {
  path: string;
  file: Blob;
}

export interface CollectionPreview {
  /** The folder's. */
  name: string;
  /** SHA-256 of `corpus.jsonl`, by which a session names it. */
  corpus: string;
  documents: number;
  documentsWithoutTitle: number;
  /** Documents without a word. */
  emptyDocuments: number;
  queries: number;
  /** The first few, cut. */
  documentExamples: readonly { id: string; title: string; text: string }[];
  queryExamples: readonly { id: string; text: string }[];
  splits: readonly SplitPreview[];
  /** Judgements that cannot be read, and why. */
  unreadable: readonly { split: string; reason: string }[];
  /** Sentences about what is read otherwise than it stands, or left out. */
  notices: readonly string[];
}

export interface SplitPreview {
  name: string;
  /** Queries that can be scored: with a relevant document. */
  queries: number;
  judgements: number;
  /** Judgements left out, by reason. */
  judgements_of_unknown_queries: number;
  judgements_of_unknown_documents: number;
  /** Judged queries left out. */
  queries_without_relevant: number;
}

/** A run by its name, or a model that was opened by its hash. */
export type BenchmarkChoice = { run: string } | { model: string };

export interface BenchmarkModelState {
  /** The run's name, or the opened model's hash, whose step is 0. */
  run: string;
  step: number;
}

export type BenchmarkSystem =
  'bm25' | 'rival' | 'fusion_rival' | 'direct' | 'reasoning' | 'fusion_direct' | 'fusion' | 'fusion_together';

export interface BenchmarkProgress {
  what: 'bm25' | 'documents' | 'direct' | 'reasoning' | 'weights' | 'scores';
  /** The rival's name, where it is at work. */
  who?: string;
  done: number;
  of: number;
}
export type BenchmarkListener = Listener<BenchmarkProgress>;

/** Shares of words that the model never saw. */
export interface UnknownShare {
  documents: number;
  queries: number;
}

export interface BenchmarkResult {
  collection: string;
  split: string;
  documents: number;
  /** Queries that the means are over. */
  queries: number;
  /** Documents left out of rankings: those that are the query itself, or that the query excludes. */
  documentsOfQueries: number;
  /** Queries of which BM25 finds no word in any document. */
  queriesWithoutWord: number;
  /** The model's run and step; null where BM25 stands alone. */
  model: BenchmarkModelState | null;
  /**
   * Documents longer than the model's context, the passages that all became, and whether their embeddings were kept from
   * an earlier time; null without a model.
   */
  passages: { split: number; passages: number; reopened: boolean } | null;
  /** The model beside BM25, and documents that lost their end to its limit; null where none was asked for. */
  rival: { hash: string; name: string; truncated: number } | null;
  /** Null without a model. */
  unknown: UnknownShare | null;
  /** Whether reasoning helps here, in sentences; null where the model does not reason. */
  reasoning: string | null;
  /** In the order of a table. */
  systems: readonly SystemResult[];
  perQuery: readonly QueryResult[];
  /** What can be taken away. */
  files: readonly { name: string; about: string }[];
  milliseconds: number;
}

export interface SystemResult extends RetrievalMetrics {
  system: BenchmarkSystem;
  /** Percentile bootstrap over queries. */
  ci95: Record<MetricName, [low: number, high: number]>;
  /** Mean of the queries' differences in nDCG@10 to BM25, with its interval; null for BM25 itself. */
  overBm25: { mean: number; ci95: [low: number, high: number] } | null;
  /** Of a fusion: how it was weighted and why, in sentences; null of any other. */
  fused: string | null;
  /** Queries longer than the context, and those after whose reasoning no embed token came. */
  truncated: number;
  notEmitted: number;
}

export interface QueryResult {
  id: string;
  text: string;
  /** By system, as `systems` has them. */
  scores: Readonly<Record<MetricName, readonly number[]>>;
}

/** Two systems that are compared, and by what. */
export interface Comparison {
  of: BenchmarkSystem;
  over: BenchmarkSystem;
  metric: MetricName;
}

export interface QueryDetail {
  id: string;
  text: string;
  /** What the model wrote before it embedded; null where it was not to. */
  trace: string | null;
  found: readonly { system: BenchmarkSystem; hits: readonly BenchmarkHit[] }[];
  /** The relevant documents, best grade first, with their rank by system; 0 for not found. */
  relevant: readonly { id: string; title: string; grade: number; ranks: readonly number[] }[];
}

export interface BenchmarkHit {
  id: string;
  title: string;
  text: string;
  score: number;
  /** Null where nobody judged the document. */
  grade: number | null;
}
