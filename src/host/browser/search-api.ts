/** What the page reads of a search and of a document. */
export interface SearchHit {
  document: number;
  id: string;
  /** Where it has one of its own. */
  title?: string;
  text: string;
  group: string;
  score: number;
  /** True where the task judges it relevant; null where the query is not one that the task can judge. */
  relevant: boolean | null;
}
export interface TraceHop {
  /** What was written; empty where it ended too early. */
  text: string;
  /** What should have been; empty for a hop too many. */
  expected: string;
  right: boolean;
  /** True by itself, whatever came before. */
  fact: boolean;
}

/** What would have been found had the embed token come after 0, 1, … tokens of the reasoning. */
export interface ThinkingRanks {
  /** Empty where nothing can be judged. */
  ranks: number[];
  rewards: number[];
  /** The nearest documents at each of these points, best first. */
  nearest: SearchHit[][];
}

export interface SearchAnswer {
  step: number;
  query: string;
  /** Words of the query that the model never saw, each once, where there are some; and of how many words. */
  unknown?: { words: readonly string[]; count: number; of: number };
  /** Tokens of the reasoning, as text. */
  trace: string[];
  /** Whether the trace ended in the embed token. */
  emitted: boolean;
  /** Which hops are right, where the task knows. */
  hops: TraceHop[];
  /** Rank while thinking; null where the reasoning cannot be followed. */
  thinking: ThinkingRanks;
  reasoning: SearchHit[];
  direct: SearchHit[];
  /** Rank of the best relevant document from 1, over the whole corpus; null where nothing can be judged. */
  rank: { reasoning: number | null; direct: number | null };
  milliseconds: number;
}

export interface DocumentCard {
  document: number;
  id: string;
  /** Where it has one of its own. */
  title?: string;
  text: string;
  group: string;
}
