// hnswlib compiled to WebAssembly, as its documentation has it; rows are normalised, so inner products are cosines.
import { loadHnswlib, type HierarchicalNSW } from 'hnswlib-wasm';
import { EF_CONSTRUCTION, M, type GraphContender } from './contender';
import { rowsOf } from '../../src/retrieval/search-index';
import type { Corpus } from '../search/corpus';

const SEED = 100;

export async function makeHnswlib({ documents, queries, dimension, k }: Corpus): Promise<GraphContender> {
  const library = await loadHnswlib();
  const rows = rowsOf(documents, dimension);
  const asked = rowsOf(queries, dimension);
  let index: HierarchicalNSW | null = null;
  return {
    name: 'hnswlib-wasm',
    build() {
      index?.delete();
      index = new library.HierarchicalNSW('ip', dimension, '');
      index.initIndex(rows.length, M, EF_CONSTRUCTION, SEED);
      for (const [label, row] of rows.entries()) index.addPoint(row, label, false);
    },
    search(from, to, ef) {
      index?.setEfSearch(ef);
      return asked.slice(from, to).flatMap((query) => index?.searchKnn(query, k, undefined).neighbors ?? []);
    },
    destroy: () => index?.delete(),
  };
}
