// The same step in jax-js, written as its documentation recommends: forward, gradient and AdamW in one jitted function, so that
// it can fuse them; its own attention; one-hot where `take` has no gradient under jit; arrays owned and passed on.
import { blockUntilReady, jit, nn, numpy as np, tree, valueAndGrad, type Array as JaxArray } from '@jax-js/jax';
import { normalise, onWebGpu } from '../page/jax';
import type { Contender } from './contender';
import { ADAMW, normals, tokenRows, type ModelSize } from './sizes';

// jax-js takes trees of `type`s, not of interfaces.
type Layer = {
  norm1: JaxArray;
  query: JaxArray;
  key: JaxArray;
  value: JaxArray;
  output: JaxArray;
  norm2: JaxArray;
  up: JaxArray;
  down: JaxArray;
};
type Parameters = { embed: JaxArray; positions: JaxArray; layers: Layer[]; norm: JaxArray };
type State = { parameters: Parameters; first: Parameters; second: Parameters };

function startParameters({ channels: C, layers, length, vocabulary }: ModelSize): Parameters {
  let seed = 10;
  const matrix = (rows: number, columns: number) => np.array(normals(rows * columns, seed++)).reshape([rows, columns]);
  return {
    embed: matrix(vocabulary, C),
    positions: matrix(length, C),
    layers: Array.from({ length: layers }, () => ({
      norm1: np.ones([C]),
      query: matrix(C, C),
      key: matrix(C, C),
      value: matrix(C, C),
      output: matrix(C, C),
      norm2: np.ones([C]),
      up: matrix(C, 4 * C),
      down: matrix(4 * C, C),
    })),
    norm: np.ones([C]),
  };
}

const EPS = 1e-5;

function block(x: JaxArray, layer: Layer, { sequences: B, length: T, channels: C, heads }: ModelSize): JaxArray {
  const normed = normalise(x.ref, layer.norm1, EPS);
  const split = (weight: JaxArray) => np.dot(normed.ref, weight).reshape([B, T, heads, C / heads]);
  const [query, key, value] = [split(layer.query), split(layer.key), split(layer.value)];
  normed.dispose();
  const attended = nn.dotProductAttention(query, key, value, { isCausal: true }).reshape([B * T, C]);
  const middle = x.add(np.dot(attended, layer.output));
  const hidden = nn.relu(np.dot(normalise(middle.ref, layer.norm2, EPS), layer.up));
  return middle.add(np.dot(hidden, layer.down));
}

/** Mean cross-entropy of the next token, from one-hot inputs and labels (B · T, V). */
function lossOf(parameters: Parameters, inputs: JaxArray, labels: JaxArray, size: ModelSize): JaxArray {
  const { sequences: B, length: T, channels: C } = size;
  const looked = np.dot(inputs, parameters.embed.ref).reshape([B, T, C]);
  let x = looked.add(parameters.positions).reshape([B * T, C]);
  for (const layer of parameters.layers) x = block(x, layer, size);
  const logits = np.dot(normalise(x, parameters.norm, EPS), np.transpose(parameters.embed));
  return nn
    .logSoftmax(logits)
    .mul(labels)
    .sum()
    .mul(-1 / (B * T));
}

function makeStep(size: ModelSize) {
  const { beta1, beta2, eps, learning_rate: rate, weight_decay: decay } = ADAMW;
  const lossAndGradient = valueAndGrad((parameters: Parameters, inputs: JaxArray, labels: JaxArray) =>
    lossOf(parameters, inputs, labels, size),
  );
  /** corrections: 1 − β₁ᵗ and 1 − β₂ᵗ, scalars. */
  return jit((state: State, ids: JaxArray, targets: JaxArray, correction1: JaxArray, correction2: JaxArray) => {
    const inputs = nn.oneHot(ids, size.vocabulary);
    const labels = nn.oneHot(targets, size.vocabulary);
    const [loss, gradients] = lossAndGradient(tree.ref(state.parameters), inputs, labels);
    const first = tree.map(
      (m: JaxArray, g: JaxArray) => m.mul(beta1).add(g.ref.mul(1 - beta1)),
      state.first,
      tree.ref(gradients),
    );
    const second = tree.map(
      (v: JaxArray, g: JaxArray) => v.mul(beta2).add(np.square(g).mul(1 - beta2)),
      state.second,
      gradients,
    );
    const parameters = tree.map(
      (w: JaxArray, m: JaxArray, v: JaxArray) => {
        const step = m.ref.div(correction1.ref).div(np.sqrt(v.ref.div(correction2.ref)).add(eps));
        m.dispose();
        v.dispose();
        return w.mul(1 - rate * decay).sub(step.mul(rate));
      },
      state.parameters,
      tree.ref(first),
      tree.ref(second),
    );
    correction1.dispose();
    correction2.dispose();
    return { state: { parameters, first, second }, loss };
  });
}

export async function makeJax(size: ModelSize): Promise<Contender> {
  await onWebGpu();
  const rows = tokenRows(size);
  const start = startParameters(size);
  const zeros = () => tree.map((w: JaxArray) => np.zeros(w.shape), start);
  let state: State = { parameters: start, first: zeros(), second: zeros() };
  const step = makeStep(size);
  const integers = (values: number[]) => np.array(Int32Array.from(values), { dtype: np.int32 });
  const losses: JaxArray[] = [];
  let t = 0;
  return {
    name: 'jax-js',
    parameters: tree.leaves<JaxArray>(start).reduce((sum, { size: count }) => sum + count, 0),
    async step() {
      t++;
      const ids = integers(rows.flatMap((row) => row.slice(0, -1)));
      const labels = integers(rows.flatMap((row) => row.slice(1)));
      const corrections = [1 - ADAMW.beta1 ** t, 1 - ADAMW.beta2 ** t] as const;
      const result = step(state, ids, labels, np.array(corrections[0]), np.array(corrections[1]));
      state = result.state;
      losses.push(result.loss);
      // Its documentation recommends to wait: running ahead is slower.
      await blockUntilReady(state);
    },
    async losses() {
      return Promise.all(losses.map(async (loss) => Number(await loss.ref.jsAsync())));
    },
    destroy() {
      tree.dispose(state);
      for (const loss of losses) loss.dispose();
      step.dispose();
    },
  };
}
