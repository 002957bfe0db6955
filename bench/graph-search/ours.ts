// Our graph, with the settings of a session.
import { GraphIndex } from '../../src/retrieval/graph/graph-index';
import { EF_CONSTRUCTION, M, type GraphContender } from './contender';
import type { Corpus } from '../search/corpus';

export function makeOurs({ documents, queries, dimension, k }: Corpus): Promise<GraphContender> {
  let index: GraphIndex | null = null;
  return Promise.resolve({
    name: 'Search-R3 Lab',
    build() {
      index = GraphIndex.build(documents, dimension, { m: M, ef_construction: EF_CONSTRUCTION }, 1);
    },
    search(from, to, ef) {
      const found: number[] = [];
      for (let q = from; q < to; q++) {
        const query = queries.subarray(q * dimension, (q + 1) * dimension);
        found.push(...(index?.search(query, k, { ef }).ids ?? []));
      }
      return found;
    },
    destroy: () => undefined,
  });
}
