import shader from '../../../shaders/nn/sum_parts.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { packed } from '../../gpu/shader';
import { partCount } from './parts';
import { type KernelContext, type Rows } from '../rows';

/** A tensor whose elements lie in parts. Places and lengths are in floats. */
export interface SummedTensor {
  /** Offset of its first element in the output. */
  into: number;
  /** Offset of its first part. */
  first: number;
  length: number;
  /** Distance from part to part. */
  stride: number;
  parts: number;
  /** Whether the number of parts follows from the live rows, at most `parts`, as a product cuts them. */
  cut: boolean;
}

/** The buffer's words from which `sumParts` reads the tensors. */
export function summedWords(tensors: readonly SummedTensor[]): Uint32Array<ArrayBuffer> {
  let group = 0;
  const words = tensors.map(({ cut, ...rest }) => {
    const values = { ...rest, group, cut: cut ? 1 : 0 };
    group += Math.ceil(rest.length / 64);
    return packed('sum', shader.structs.Sum, values);
  });
  return Uint32Array.from(words.flatMap((own) => [...own]));
}

/**
 * out (+)= the parts of every tensor, added up in order, in one dispatch.
 * @param t.words of `tensors`, as `summedWords` gives them.
 * @param t.rows that the parts were cut from.
 */
export function sumParts(
  recorder: Recorder,
  { counts }: KernelContext,
  t: { rows: Rows; tensors: readonly SummedTensor[]; words: View; pieces: View; out: View; accumulate: boolean },
): void {
  const { rows, tensors, words, pieces, out } = t;
  const adds = t.accumulate ? 1 : 0;
  const groups = tensors.reduce((sum, { length }) => sum + Math.ceil(length / 64), 0);
  recorder.call(shader, {
    uniforms: { rows, sums: tensors.length, accumulate: adds },
    bindings: { counts, sums: words, pieces, out },
    groups: grid(groups, 1),
    work: ({ live }) => {
      const partsOf = ({ cut, parts }: SummedTensor) => (cut ? partCount(live(rows), parts) : parts);
      const count = (of: (tensor: SummedTensor) => number): number =>
        tensors.reduce((sum, tensor) => sum + tensor.length * of(tensor), 0);
      return {
        flops: count((tensor) => partsOf(tensor) + adds),
        bytes: 4 * (count((tensor) => partsOf(tensor) + 1 + adds) + words.size / 4),
        workgroups: groups,
      };
    },
  });
}
