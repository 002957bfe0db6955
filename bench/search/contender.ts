import type { Corpus, Found } from './corpus';

/** One library's exact search over documents that it holds, as the benchmark drives it. */
export interface SearchContender {
  readonly name: string;
  /** Takes all queries of the corpus up and brings the nearest documents of each back. */
  search(): Promise<Found>;
  destroy(): void;
}

export type MakeSearch = (corpus: Corpus) => Promise<SearchContender>;
