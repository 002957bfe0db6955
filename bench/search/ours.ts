// Our exact search on the GPU, as evaluation uses it: documents lie there, queries go up, the nearest come back.
import { Gpu } from '../../src/gpu/gpu';
import { NearestGpu } from '../../src/retrieval/nearest-gpu';
import type { SearchContender } from './contender';
import type { Corpus } from './corpus';

export async function makeOurs({ documents, queries, dimension, k }: Corpus): Promise<SearchContender> {
  const gpu = await Gpu.create(await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }));
  const held = gpu.upload('documents', documents);
  const count = queries.length / dimension;
  const exact = new NearestGpu(gpu, held, {
    size: documents.length / dimension,
    dimension,
    queries: count,
    nearest: k,
  });
  await exact.ready();
  return {
    name: 'Search-R3 Lab',
    async search() {
      gpu.write(exact.queries, queries);
      const found = await exact.search(count);
      return { ids: found.flatMap((of) => of.documents), scores: found.flatMap((of) => of.scores) };
    },
    destroy() {
      exact.destroy();
      gpu.destroy();
    },
  };
}
