import type { Corpus } from '../search/corpus';

/** One library's graph over documents, as the benchmark drives it. */
export interface GraphContender {
  readonly name: string;
  /** Builds the graph from nothing. */
  build(): void;
  /** The ids of the k nearest documents to each of the queries `from` to before `to`, (to - from, k), best first. */
  search(from: number, to: number, ef: number): number[];
  destroy(): void;
}

/** Out-edges that a node chooses for itself and the width of the search that finds their candidates: the same for everyone. */
export const M = 16;
export const EF_CONSTRUCTION = 100;

export type MakeGraph = (corpus: Corpus) => Promise<GraphContender>;
