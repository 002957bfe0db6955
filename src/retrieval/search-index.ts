import { InputError } from '../lib/errors';
import { Beam } from './graph/beam';
import { checkRows, dot } from './graph/vectors';

/** The result of a search, best first; equal scores in the order of their ids. */
export interface SearchResult {
  /** (k) */
  ids: Int32Array;
  /** Cosines, (k). */
  scores: Float32Array;
  /** Nodes expanded, in hop order; only from a graph, and only where it was requested. */
  path?: Int32Array;
  /** Cosines computed. */
  distances: number;
  /** Nodes expanded. */
  hops: number;
}

/** Nearest neighbours by cosine over L2-normalised rows. */
export interface SearchIndex {
  /** Number of rows, N. */
  readonly size: number;
  /** Length of a row, d. */
  readonly dimension: number;
  /**
   * The `k` rows with the highest cosine to `query` (d).
   * @throws InputError where `query` has another length than d or is not finite, or `k` is not in 1 … N.
   */
  search(query: Float32Array, k: number): SearchResult;
}

/** Search for many queries at once, as on a GPU. */
export interface BatchIndex {
  readonly size: number;
  readonly dimension: number;
  /** The result of `search` for each row of `queries` (Q, d). */
  searchAll(queries: Float32Array, k: number): Promise<SearchResult[]>;
}

/** Makes a batch index of one that answers one query after the other. */
export const oneByOne = (index: SearchIndex): BatchIndex => ({
  size: index.size,
  dimension: index.dimension,
  searchAll: (queries, k) => Promise.resolve(rowsOf(queries, index.dimension).map((query) => index.search(query, k))),
});

/** The rows of a matrix (n, d), by reference. */
export const rowsOf = (matrix: Float32Array, dimension: number): Float32Array[] =>
  Array.from({ length: matrix.length / dimension }, (_, row) =>
    matrix.subarray(row * dimension, (row + 1) * dimension),
  );

/** Checks the arguments of a search. @throws InputError as `SearchIndex.search` says. */
export function checkSearch(index: Pick<SearchIndex, 'size' | 'dimension'>, query: Float32Array, k: number): void {
  if (query.length !== index.dimension) {
    throw new InputError(`search: the query has ${query.length} values, expected ${index.dimension}`);
  }
  if (!Number.isInteger(k) || k < 1 || k > index.size) {
    throw new InputError(`search: k is ${k}, expected a whole number from 1 to the corpus's ${index.size} documents`);
  }
  if (!query.every(Number.isFinite)) throw new InputError('search: the query has a value that is not finite');
}

/** Exact search in f64, which compares the query with every row: the reference for the graph and the GPU. */
export class ExactIndex implements SearchIndex {
  readonly size: number;
  private readonly beam = new Beam(16);

  /** @param vectors L2-normalised rows (N, d), kept by reference: the owner may change them between searches. */
  constructor(
    private readonly vectors: Float32Array,
    readonly dimension: number,
  ) {
    this.size = checkRows(vectors, dimension, 'exact index');
  }

  search(query: Float32Array, k: number): SearchResult {
    checkSearch(this, query, k);
    const { beam, vectors, dimension, size } = this;
    beam.reset(k);
    for (let id = 0; id < size; id++) beam.insert(id, dot(vectors, id * dimension, query, 0, dimension));
    return {
      ids: beam.ids.slice(0, k),
      scores: Float32Array.from(beam.scores.subarray(0, k)),
      distances: size,
      hops: 0,
    };
  }
}
