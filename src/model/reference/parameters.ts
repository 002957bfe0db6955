import type { Architecture } from '../../config/architecture';
import { addInto } from '../../kernels/reference/arrays';
import { EMBEDDING, HEAD } from '../../tensors/layout';

/** Tensors under Hugging Face's names, row-major f64. */
export type Parameters = ReadonlyMap<string, Float64Array>;
export type Gradients = Map<string, Float64Array>;

/** The checkpoint's name of the head: the embedding itself where they are tied. */
export const headTensor = (a: Architecture): string => (a.tie_word_embeddings ? EMBEDDING : HEAD);

/** @throws RangeError naming the tensor that is missing. */
export function tensor(parameters: Parameters, name: string): Float64Array {
  const found = parameters.get(name);
  if (!found) throw new RangeError(`no tensor ${name}`);
  return found;
}

/** Zeros of every parameter's length. */
export function zeroGradients(parameters: Parameters): Gradients {
  return new Map([...parameters].map(([name, values]) => [name, new Float64Array(values.length)]));
}

/** gradients[name] += delta: a tensor used twice gets both. */
export function accumulate(gradients: Gradients, name: string, delta: Float64Array): void {
  addInto(tensor(gradients, name), delta);
}
