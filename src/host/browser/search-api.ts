/** Types of what the page reads of a search and of a document. */
export interface SearchHit extends DocumentCard {
  score: number;
  /** Whether the task judges it relevant; null where the task cannot judge the query. */
  relevant: boolean | null;
}
export interface TraceHop {
  /** What the model wrote of this hop; empty where it ended too early. */
  text: string;
  /** The right text of this hop; empty for a hop too many. */
  expected: string;
  right: boolean;
  /** Whether this hop is a true fact by itself, whatever came before. */
  fact: boolean;
}

/** The ranks that a search would have, had the embed token come after 0, 1, … tokens of the reasoning. */
export interface ThinkingRanks {
  /** The ranks; empty where the task cannot judge the query. */
  ranks: number[];
  rewards: number[];
  /** The nearest documents at each of these points, best first. */
  nearest: SearchHit[][];
}

export interface SearchAnswer {
  step: number;
  query: string;
  /**
   * Words of the query that the model never saw, each once, and how many of the query's words they are; absent where
   * there are none.
   */
  unknown?: { words: readonly string[]; count: number; of: number };
  /** The tokens of the reasoning, as text. */
  trace: string[];
  /** Whether the reasoning ended in the embed token. */
  emitted: boolean;
  /** Verdicts on the hops, where the task can judge them. */
  hops: TraceHop[];
  /** Rank while thinking; null where the reasoning cannot be followed. */
  thinking: ThinkingRanks;
  reasoning: SearchHit[];
  direct: SearchHit[];
  /** Rank of the best relevant document over the whole corpus, from 1; null where the task cannot judge the query. */
  rank: { reasoning: number | null; direct: number | null };
  milliseconds: number;
}

export interface DocumentCard {
  document: number;
  id: string;
  /** The document's title, where it has one. */
  title?: string;
  text: string;
  group: string;
}
