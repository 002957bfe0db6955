// The same decoding in jax-js, after the decoders on its own site (website/src/routes/chat/lfm.ts): a cache of fixed length
// whose slot a mask chooses, its own attention under a mask, jitted. Faster than those: all layers are one jitted function, the
// token is chosen in it and stays on the GPU, and nothing is read before the last one.
import { blockUntilReady, jit, nn, numpy as np, tree, type Array as JaxArray } from '@jax-js/jax';
import { normalise, onWebGpu, valuesOf } from '../page/jax';
import { layerNames, EMBEDDING, FINAL_NORM } from '../../src/tensors/layout';
import type { GenerationContender } from './contender';
import { randomPrompts, randomWeights, type GenerationSize } from './sizes';

// jax-js takes trees of `type`s, not of interfaces.
type Layer = {
  norm1: JaxArray;
  query: JaxArray;
  key: JaxArray;
  value: JaxArray;
  output: JaxArray;
  norm2: JaxArray;
  gate: JaxArray;
  up: JaxArray;
  down: JaxArray;
};
type Parameters = { embed: JaxArray; layers: Layer[]; norm: JaxArray };
/** (B, capacity, H, D) of each layer. */
type Cache = { key: JaxArray; value: JaxArray };
/** The tokens just chosen (B), and the caches of those before. */
type State = { ids: JaxArray; caches: Cache[] };

function parametersOf({ architecture: a }: GenerationSize): Parameters {
  const weights = randomWeights(a);
  const [C, F] = [a.hidden_size, a.intermediate_size];
  const vector = (name: string) => np.array(weights.get(name)!);
  const matrix = (name: string, rows: number) => {
    const values = weights.get(name)!;
    return np.array(values).reshape([rows, values.length / rows]);
  };
  return {
    embed: matrix(EMBEDDING, a.vocab_size),
    layers: Array.from({ length: a.num_hidden_layers }, (_, l) => {
      const of = layerNames(l);
      return {
        norm1: vector(of.inputNorm),
        query: matrix(of.projection('q'), C),
        key: matrix(of.projection('k'), C),
        value: matrix(of.projection('v'), C),
        output: matrix(of.projection('o'), C),
        norm2: vector(of.postNorm),
        gate: matrix(of.gate, F),
        up: matrix(of.up, F),
        down: matrix(of.down, C),
      };
    }),
    norm: vector(FINAL_NORM),
  };
}

const linear = (x: JaxArray, weight: JaxArray): JaxArray => np.dot(x, weight.transpose());

/** Turns x (B, T, H, D) by positions (T). Consumes both. */
function rotate(x: JaxArray, positions: JaxArray, theta: number): JaxArray {
  const [, T, , D] = x.shape as [number, number, number, number];
  const half = np.arange(D / 2, undefined, undefined, { dtype: np.float32 });
  const frequencies = np.exp(half.mul((-2 * Math.log(theta)) / D));
  const angles = positions
    .reshape([T, 1])
    .mul(frequencies)
    .reshape([1, T, 1, D / 2]);
  const [cos, sin] = [np.cos(angles.ref), np.sin(angles)];
  const [low, high] = np.split(x, 2, -1) as [JaxArray, JaxArray];
  const first = low.ref.mul(cos.ref).sub(high.ref.mul(sin.ref));
  return np.concatenate([first, high.mul(cos).add(low.mul(sin))], -1);
}

type Attend = (query: JaxArray, key: JaxArray, value: JaxArray, layer: number) => JaxArray;

/** x (B, T, C) through all layers, then logits of the last position → the likeliest tokens (B). Consumes all. */
function choose(parameters: Parameters, ids: JaxArray, positions: JaxArray, size: GenerationSize, attend: Attend) {
  const { hidden_size: C, num_attention_heads: H, head_dim: D, rms_norm_eps: eps, rope_theta } = size.architecture;
  const [B, T] = ids.shape as [number, number];
  let x = parameters.embed.ref.slice(ids.reshape([B * T])).reshape([B * T, C]);
  for (const [l, layer] of parameters.layers.entries()) {
    const normed = normalise(x.ref, layer.norm1, eps);
    const split = (weight: JaxArray) => linear(normed.ref, weight).reshape([B, T, H, D]);
    const query = rotate(split(layer.query), positions.ref, rope_theta);
    const key = rotate(split(layer.key), positions.ref, rope_theta);
    const attended = attend(query, key, split(layer.value), l).reshape([B * T, C]);
    normed.dispose();
    x = x.add(linear(attended, layer.output));
    const second = normalise(x.ref, layer.norm2, eps);
    const hidden = nn.silu(linear(second.ref, layer.gate)).mul(linear(second, layer.up));
    x = x.add(linear(hidden, layer.down));
  }
  positions.dispose();
  const last = x.reshape([B, T, C]).slice([], T - 1, []);
  return np.argmax(linear(normalise(last, parameters.norm, eps), parameters.embed), -1);
}

/** Prompts (P, T) → the first tokens and caches of all completions. */
const makePrefill = (size: GenerationSize) =>
  jit((parameters: Parameters, prompts: JaxArray): State => {
    const { promptLength: T, tokens, perPrompt } = size;
    const caches: Cache[] = [];
    const kept = (x: JaxArray) => np.repeat(np.pad(x, { 1: [0, tokens] }), perPrompt, 0);
    const positions = np.arange(T, undefined, undefined, { dtype: np.float32 });
    const ids = choose(parameters, prompts, positions, size, (query, key, value) => {
      caches.push({ key: kept(key.ref), value: kept(value.ref) });
      return nn.dotProductAttention(query, key, value, { isCausal: true });
    });
    return { ids: np.repeat(ids, perPrompt, 0), caches };
  });

/** The next tokens, and the caches with those that were read at `position`, a scalar. */
const makeStep = (size: GenerationSize) =>
  jit((parameters: Parameters, state: State, position: JaxArray): State => {
    const capacity = size.promptLength + size.tokens;
    const slots = np.arange(capacity, undefined, undefined, { dtype: np.float32 });
    const isSlot = slots.ref.equal(position.ref).reshape([1, capacity, 1, 1]);
    const isValid = slots.lessEqual(position.ref);
    const caches: Cache[] = [];
    const ids = state.ids.reshape([-1, 1]);
    const next = choose(parameters, ids, position.reshape([1]), size, (query, key, value, l) => {
      const before = state.caches[l]!;
      const cache = {
        key: np.where(isSlot.ref, key, before.key),
        value: np.where(isSlot.ref, value, before.value),
      };
      caches.push(tree.ref(cache));
      return nn.dotProductAttention(query, cache.key, cache.value, { mask: isValid.ref });
    });
    isSlot.dispose();
    isValid.dispose();
    return { ids: next, caches };
  });

export async function makeJax(size: GenerationSize): Promise<GenerationContender> {
  await onWebGpu();
  const parameters = parametersOf(size);
  const prompts = Int32Array.from(randomPrompts(size).flat());
  const [prefill, step] = [makePrefill(size), makeStep(size)];
  return {
    name: 'jax-js',
    async generate() {
      const given = np.array(prompts, { dtype: np.int32 }).reshape([size.prompts, size.promptLength]);
      let state = prefill(tree.ref(parameters), given);
      const chosen = [state.ids.ref];
      for (let t = 1; t < size.tokens; t++) {
        state = step(tree.ref(parameters), state, np.array(size.promptLength + t - 1));
        chosen.push(state.ids.ref);
        // Its documentation recommends to wait: running ahead is slower.
        await blockUntilReady(state);
      }
      const columns = await Promise.all(chosen.map(valuesOf));
      tree.dispose(state);
      return Array.from({ length: size.prompts * size.perPrompt }, (_, row) => columns.map((ids) => ids[row]!));
    },
    destroy() {
      tree.dispose(parameters);
      prefill.dispose();
      step.dispose();
    },
  };
}
