import { ExactIndex, rowsOf } from '../../src/retrieval/search-index';
import { mixture } from '../graph-data';

/** Documents and queries of one size, the same for every contender. */
export interface Corpus {
  /** L2-normalised rows (N, d). */
  documents: Float32Array<ArrayBuffer>;
  /** L2-normalised rows (Q, d), from the documents' own clusters. */
  queries: Float32Array<ArrayBuffer>;
  dimension: number;
  /** Documents wanted of each query. */
  k: number;
}

export interface CorpusSize {
  name: string;
  documents: number;
  queries: number;
  dimension: number;
  clusters: number;
  k: number;
}

/** `tiny` is the one of the tests: no side of it fits a tile. */
export const CORPUS_SIZES: readonly CorpusSize[] = [
  { name: 'tiny', documents: 777, queries: 5, dimension: 36, clusters: 12, k: 3 },
  { name: 'small', documents: 5_000, queries: 64, dimension: 128, clusters: 50, k: 10 },
  { name: 'large', documents: 50_000, queries: 64, dimension: 128, clusters: 500, k: 10 },
];

/** Two rows of a cluster have a cosine of about 2/3. */
const SPREAD = 0.7;

const owned = (values: Float32Array): Float32Array<ArrayBuffer> => new Float32Array(values);

/** @throws RangeError for a name that is no size. */
export function makeCorpus(name: string, queries?: number): Corpus {
  const size = CORPUS_SIZES.find((entry) => entry.name === name);
  if (!size) throw new RangeError(`no size ${name}`);
  const rows = (count: number, stream: 0 | 1) =>
    owned(mixture(count, size.dimension, size.clusters, SPREAD, 1, stream));
  const { dimension, k } = size;
  return { documents: rows(size.documents, 0), queries: rows(queries ?? size.queries, 1), dimension, k };
}

/** The documents nearest to each query and their cosines, (Q, k), best first, compared in f64. */
export interface Found {
  ids: ArrayLike<number>;
  scores: ArrayLike<number>;
}

/** The k nearest documents of every query by loops in f64, the reference of every contender. */
export function nearestInF64({ documents, queries, dimension, k }: Corpus): Found {
  const index = new ExactIndex(documents, dimension);
  const found = rowsOf(queries, dimension).map((query) => index.search(query, k));
  return { ids: found.flatMap(({ ids }) => [...ids]), scores: found.flatMap(({ scores }) => [...scores]) };
}

/** Recall: the share of the k nearest documents that was found, over all queries. */
export function recallOf({ k }: Corpus, wanted: Found, found: ArrayLike<number>): number {
  let hits = 0;
  for (let at = 0; at < wanted.ids.length; at += k) {
    const nearest = new Set(Array.from(wanted.ids).slice(at, at + k));
    for (let i = at; i < at + k; i++) if (nearest.has(found[i]!)) hits++;
  }
  return hits / wanted.ids.length;
}

/** A cosine of f32 sums is this close to that of f64. */
const COSINE_TOLERANCE = 1e-5;

/**
 * Says what is wrong with a result of exact search, or null. Documents whose cosines differ by less than f32 sums can
 * tell may stand in either order, so cosines are compared place by place: each found one must be the cosine that its
 * place has.
 */
export function whatIsWrong({ documents, queries, dimension, k }: Corpus, wanted: Found, found: Found): string | null {
  if (found.ids.length !== wanted.ids.length) return `${found.ids.length} documents, expected ${wanted.ids.length}`;
  for (let i = 0; i < wanted.ids.length; i++) {
    const query = Math.floor(i / k);
    const id = found.ids[i]!;
    let cosine = 0;
    for (let c = 0; c < dimension; c++) cosine += documents[id * dimension + c]! * queries[query * dimension + c]!;
    const off = Math.max(Math.abs(cosine - wanted.scores[i]!), Math.abs(found.scores[i]! - wanted.scores[i]!));
    if (!(off <= COSINE_TOLERANCE)) {
      return `query ${query}, place ${i % k}: document ${id} of cosine ${cosine}, expected ${wanted.scores[i]}`;
    }
    const others = Array.from(found.ids).slice(query * k, i);
    if (others.includes(id)) return `query ${query}: document ${id} twice`;
  }
  return null;
}
