// Exact search in jax-js: a product and its own `topK` in one jitted function; or the product alone, its cosines brought back
// and selected in JavaScript. Its `topK` sorts whole rows, so the second is the faster where rows are long.
import { jit, lax, numpy as np, type Array as JaxArray } from '@jax-js/jax';
import { onWebGpu, valuesOf } from '../page/jax';
import type { SearchContender } from './contender';
import type { Corpus } from './corpus';
import { nearestOfScores } from './select';

export async function makeJax({ documents, queries, dimension, k }: Corpus): Promise<SearchContender> {
  await onWebGpu();
  const held = np.array(documents).reshape([documents.length / dimension, dimension]);
  const nearest = jit((rows: JaxArray, query: JaxArray) => lax.topK(np.dot(query, rows.transpose()), k));
  return {
    name: 'jax-js, its topK',
    async search() {
      const [scores, ids] = nearest(held.ref, np.array(queries).reshape([queries.length / dimension, dimension]));
      const [values, places] = await Promise.all([valuesOf(scores), valuesOf(ids)]);
      return { ids: places, scores: values };
    },
    destroy() {
      held.dispose();
      nearest.dispose();
    },
  };
}

export async function makeJaxRead({ documents, queries, dimension, k }: Corpus): Promise<SearchContender> {
  await onWebGpu();
  const size = documents.length / dimension;
  const held = np.array(documents).reshape([size, dimension]);
  const cosines = jit((rows: JaxArray, query: JaxArray) => np.dot(query, rows.transpose()));
  return {
    name: 'jax-js, selection in JavaScript',
    async search() {
      const scores = cosines(held.ref, np.array(queries).reshape([queries.length / dimension, dimension]));
      return nearestOfScores(await valuesOf(scores), size, k);
    },
    destroy() {
      held.dispose();
      cosines.dispose();
    },
  };
}
