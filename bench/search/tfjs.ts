// Exact search in TensorFlow.js on its WebGPU backend: a product and its own `topk`; or the product alone, its cosines brought
// back and selected in JavaScript.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import type { SearchContender } from './contender';
import type { Corpus } from './corpus';
import { nearestOfScores } from './select';

async function holding({ documents, dimension }: Corpus): Promise<tf.Tensor2D> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs found no WebGPU device');
  await tf.ready();
  return tf.tensor2d(documents, [documents.length / dimension, dimension]);
}

const cosines = (held: tf.Tensor2D, { queries, dimension }: Corpus): tf.Tensor2D =>
  tf.matMul(tf.tensor2d(queries, [queries.length / dimension, dimension]), held, false, true);

export async function makeTfjs(corpus: Corpus): Promise<SearchContender> {
  const held = await holding(corpus);
  return {
    name: 'TensorFlow.js, its topk',
    async search() {
      const { values, indices } = tf.tidy(() => tf.topk(cosines(held, corpus), corpus.k, true));
      const [scores, ids] = await Promise.all([values.data(), indices.data()]);
      tf.dispose([values, indices]);
      return { ids, scores };
    },
    destroy() {
      held.dispose();
    },
  };
}

export async function makeTfjsRead(corpus: Corpus): Promise<SearchContender> {
  const held = await holding(corpus);
  return {
    name: 'TensorFlow.js, selection in JavaScript',
    async search() {
      const product = tf.tidy(() => cosines(held, corpus));
      const scores = await product.data();
      product.dispose();
      return nearestOfScores(scores, held.shape[0], corpus.k);
    },
    destroy() {
      held.dispose();
    },
  };
}
