/** A task: its texts, its splits, its judgements and its verdict on a trace. Pure data, no tokens, no GPU. */

import type { Bpe } from '../tokenizer/bpe';

export type QuerySplit = 'train' | 'dev' | 'test';

export interface TaskDocument {
  id: string;
  text: string;
  /** The document's title, where it has one; it is not searched. */
  title?: string;
  /** The group by which the page colours it. */
  group: string;
}

export interface TaskQuery {
  id: string;
  /** The query without the mode word. */
  text: string;
  /** Number of hops it composes, from 1. */
  depth: number;
  /** Row of each relevant document in `documents`, with its grade. */
  relevant: { document: number; grade: number }[];
  /** Rows of documents that are close but wrong. */
  hardNegatives: number[];
  /** The right reasoning, without the embed token. */
  trace: string;
  /** Whether the supervised stage may see `trace`; only some training queries have one. */
  supervised: boolean;
  /** The split of what the query composes. Training draws are always `train`. */
  split: QuerySplit;
  /** The kind of the query (a relation, say), where the task distinguishes kinds: figures are given for each. */
  kind?: string;
  /** Queries with the same key are not independent: intervals draw them together. */
  cluster?: string;
  /** The part of the relevant document that training shows, where it is not the whole. */
  passage?: string;
  /** The place in `Task.taught` of the text by which a teacher ranks in this query's place. */
  taught?: number;
  /** Counts for the task's headline figure, where it has one. */
  headline?: boolean;
}

/** One step of a trace, as written and as it should have been. */
export interface HopVerdict {
  /** The completion's text of this hop; empty where it ended too early. */
  text: string;
  /** The right trace's text of this hop; empty for a hop beyond its end. */
  expected: string;
  /** `text` equals `expected`. */
  right: boolean;
  /**
   * The step is true by itself: it leads from what the completion wrote before it to where the knowledge base says it
   * leads. True but not right means that the error was made in an earlier hop, or that another step was taken.
   */
  fact: boolean;
}

/** Which hop of a completion is right, for the page's ticks. */
export interface TraceVerdict {
  /** The completion is the gold trace, word for word. */
  exact: boolean;
  /** The expected hops in order, then those that the completion wrote beyond them. */
  hops: HopVerdict[];
}

export interface Task {
  readonly name: string;
  /** Content hash of everything below: two runs with the same hash saw the same data. */
  readonly hash: string;
  /** Hash of the user's documents that it was built from. */
  readonly dataHash?: string;
  /** Word level vocabulary, special tokens first: `<pad>`, `<unk>`, mode words, `<filler>`, `<|embed_token|>`. */
  readonly vocabulary: readonly string[];
  /** The tokenizer where texts are cut into pieces of words; otherwise every word between white space is a token. */
  readonly bpe?: Bpe;
  readonly specials: { pad: string; unknown: string; filler: string; embed: string };
  /** Training queries compose 1 to this many hops; held-out ones may compose more. */
  readonly maxDepth: number;
  /** Words for the values of `topic` in `sampleQuery`, by index; empty where a task has none. */
  readonly topics: readonly string[];
  readonly documents: readonly TaskDocument[];
  /** Sentences that stage 0 learns by next-token prediction: facts, glossary, documents. */
  readonly corpus: readonly { text: string; kind: 'fact' | 'glossary' | 'document' }[];
  readonly modeWords: { think: string; direct: string };
  readonly instructions: { query: string; document: string };
  /** Draws a training query of `depth`; `supervised` restricts to those with a trace. `u` gives uniforms in [0, 1). */
  sampleQuery(depth: number, supervised: boolean, u: () => number, topic?: number): TaskQuery;
  /**
   * Texts that a teacher embeds ahead of training: those of the documents, by row, then what else stands for a query
   * (`TaskQuery.taught`). Absent where a task has none.
   */
  taught?(): readonly string[];
  /** A fixed list of queries of a held-out split, `perDepth` of each depth (fewer if there are fewer), in fixed order. */
  heldOut(split: 'dev' | 'test', perDepth: number): TaskQuery[];
  /** Parses a query typed by hand; null when it is not one of this task's. */
  parse(text: string): TaskQuery | null;
  /** Whether a word is one that training saw; absent where the vocabulary holds all words there are. */
  knows?(word: string): boolean;
  /** Whether training never uses the title of a document, by its row; absent where queries are no titles. */
  isTitleHeldOut?(row: number): boolean;
  /** False where nobody knows right reasoning: `trace` is then a proposal, and `judge` compares with it. */
  readonly hasRightTraces?: false;
  /** Marks a completion (what follows the mode word; a closing embed token and what comes after it are ignored). */
  judge(query: TaskQuery, completion: string): TraceVerdict;
}
