import type { RopeScaling } from './architecture';

/**
 * The angle by which each pair of a head turns from one position to the next, (headDim / 2), in f64: theta^(−2i /
 * headDim), divided where a model was stretched to a longer context. `linear` divides all by its factor; `llama3`
 * leaves those that turn often, divides those that turn less than once in the original context, and interpolates
 * between (`_compute_llama3_parameters` of transformers' `modeling_rope_utils.py`).
 */
export function ropeFrequencies(headDim: number, theta: number, scaling?: RopeScaling): Float64Array {
  const frequencies = Float64Array.from({ length: headDim / 2 }, (_, i) => theta ** ((-2 * i) / headDim));
  return scaling === undefined ? frequencies : frequencies.map((one) => scaled(one, scaling));
}

function scaled(frequency: number, scaling: RopeScaling): number {
  const slow = frequency / scaling.factor;
  if (scaling.rope_type === 'linear') return slow;
  const { low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: context } = scaling;
  const turns = (context * frequency) / (2 * Math.PI);
  if (turns > high) return frequency;
  if (turns < low) return slow;
  const smooth = (turns - low) / (high - low);
  return (1 - smooth) * slow + smooth * frequency;
}
