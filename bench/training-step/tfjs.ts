// The same step in TensorFlow.js on its WebGPU backend: variables, its own Adam with the decoupled decay assigned before it
// (tfjs-core has no AdamW), everything in tidies, one-hot look-up as a product.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Contender } from './contender';
import { ADAMW, normals, tokenRows, type ModelSize } from './sizes';

interface Layer {
  norm1: tf.Variable<tf.Rank.R1>;
  qkv: tf.Variable<tf.Rank.R2>;
  output: tf.Variable<tf.Rank.R2>;
  norm2: tf.Variable<tf.Rank.R1>;
  up: tf.Variable<tf.Rank.R2>;
  down: tf.Variable<tf.Rank.R2>;
}
interface Parameters {
  embed: tf.Variable<tf.Rank.R2>;
  positions: tf.Variable<tf.Rank.R2>;
  layers: Layer[];
  norm: tf.Variable<tf.Rank.R1>;
}

function startParameters({ channels: C, layers, length, vocabulary }: ModelSize): Parameters {
  let seed = 10;
  const matrix = (rows: number, columns: number) =>
    tf.tidy(() => tf.variable(tf.tensor2d(normals(rows * columns, seed++), [rows, columns])));
  const ones = () => tf.tidy(() => tf.variable(tf.ones<tf.Rank.R1>([C])));
  return {
    embed: matrix(vocabulary, C),
    positions: matrix(length, C),
    layers: Array.from({ length: layers }, () => ({
      norm1: ones(),
      qkv: matrix(C, 3 * C),
      output: matrix(C, C),
      norm2: ones(),
      up: matrix(C, 4 * C),
      down: matrix(4 * C, C),
    })),
    norm: ones(),
  };
}

function normalise(x: tf.Tensor2D, weight: tf.Tensor1D): tf.Tensor2D {
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5));
  return tf.mul(tf.mul(x, scale), weight);
}

function attention(x: tf.Tensor2D, layer: Layer, mask: tf.Tensor, size: ModelSize): tf.Tensor2D {
  const { sequences: B, length: T, channels: C, heads } = size;
  // (B, T, 3, heads, D) → (3, B, heads, T, D)
  const qkv = tf.transpose(tf.reshape(tf.matMul(x, layer.qkv), [B, T, 3, heads, C / heads]), [2, 0, 3, 1, 4]);
  const [query, key, value] = tf.unstack(qkv) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
  const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(C / heads));
  const attended = tf.matMul(tf.softmax(tf.add(scores, mask)), value);
  return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [B * T, C]);
}

function lossOf(parameters: Parameters, inputs: tf.Tensor2D, labels: tf.Tensor2D, mask: tf.Tensor, size: ModelSize) {
  const { sequences: B, length: T, channels: C } = size;
  const looked = tf.reshape<tf.Rank.R3>(tf.matMul(inputs, parameters.embed), [B, T, C]);
  let x: tf.Tensor2D = tf.reshape(tf.add<tf.Tensor3D>(looked, parameters.positions), [B * T, C]);
  for (const layer of parameters.layers) {
    const attended = attention(normalise(x, layer.norm1), layer, mask, size);
    x = tf.add<tf.Tensor2D>(x, tf.matMul(attended, layer.output));
    const hidden = tf.relu(tf.matMul(normalise(x, layer.norm2), layer.up));
    x = tf.add<tf.Tensor2D>(x, tf.matMul(hidden, layer.down));
  }
  const logits = tf.matMul<tf.Tensor2D>(normalise(x, parameters.norm), parameters.embed, false, true);
  return tf.losses.softmaxCrossEntropy<tf.Tensor2D, tf.Scalar>(labels, logits);
}

function causalMask(length: number): tf.Tensor2D {
  const values = new Float32Array(length * length);
  for (let i = 0; i < length; i++) values.fill(-1e9, i * length + i + 1, (i + 1) * length);
  return tf.tensor2d(values, [length, length]);
}

export async function makeTfjs(size: ModelSize): Promise<Contender> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('tfjs found no WebGPU device');
  await tf.ready();
  const rows = tokenRows(size);
  const parameters = startParameters(size);
  const { embed, positions, layers, norm } = parameters;
  const variables: tf.Variable[] = [embed, positions, norm];
  for (const l of layers) variables.push(l.norm1, l.qkv, l.output, l.norm2, l.up, l.down);
  const { learning_rate: rate, beta1, beta2, eps, weight_decay: decay } = ADAMW;
  const optimiser = tf.train.adam(rate, beta1, beta2, eps);
  const mask = causalMask(size.length);
  const losses: number[] = [];
  return {
    name: 'TensorFlow.js',
    parameters: variables.reduce((sum, variable) => sum + variable.size, 0),
    async step() {
      const loss = tf.tidy(() => {
        const oneHot = (ids: number[]) =>
          tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), size.vocabulary), 'float32') as tf.Tensor2D;
        const inputs = oneHot(rows.flatMap((row) => row.slice(0, -1)));
        const labels = oneHot(rows.flatMap((row) => row.slice(1)));
        const { value, grads } = tf.variableGrads(() => lossOf(parameters, inputs, labels, mask, size), variables);
        for (const variable of variables) variable.assign(tf.mul(variable, 1 - rate * decay));
        optimiser.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        return value;
      });
      // Reading the loss flushes the queue, so all that was queued before is done when it arrives.
      losses.push((await loss.data())[0]!);
      loss.dispose();
    },
    losses: () => Promise.resolve(losses),
    destroy() {
      optimiser.dispose();
      tf.dispose([mask, ...variables]);
    },
  };
}
