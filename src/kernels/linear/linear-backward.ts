import shader from '../../../shaders/nn/matmul_backward.wgsl';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { factorConstants } from '../matmul/half';
import {
  tileBlock,
  tileFor,
  tileGroups,
  tileReads,
  tileRounds,
  TILES,
  usesTiles,
  type Product,
  type TileName,
} from '../matmul/tiles';
import type { KernelContext } from '../rows';
import { partCount } from '../sums/parts';
import { swigluBackward } from '../swiglu/swiglu';
import { linearBackwardInput, linearBackwardWeight, type LinearShape } from './linear';

/** The input of a SwiGLU that made x, (N, 2K), and the place of its gradient. */
export interface FromSwiglu {
  gateUp: View;
  dgateUp: View;
}

/**
 * Computes both gradients of a linear layer whose weight (M, K) is trained, and so f32, and is in one binding: dx (N,
 * K) = dy · w and dw (M, K) (+)= dyᵀ · x. Adapters that are no CPU compute them in one dispatch, with the bits of two.
 * @param t.parts the most that the sums of dw are cut into: `linearBackwardWeight`.
 * @param t.swiglu what x was made of: its gradient too, in the same dispatch, which then leaves dx as it is.
 * @param tile of that dispatch; null for one each.
 */
export function linearBackward(
  recorder: Recorder,
  context: KernelContext,
  shape: LinearShape,
  t: {
    x: View;
    dy: View;
    weight: View;
    dx: View;
    dweight: View;
    parts?: number;
    accumulate?: boolean;
    swiglu?: FromSwiglu | undefined;
  },
  tile: TileName | null = tileOf(recorder, shape, t.parts),
): void {
  const { rows, inputs, outputs, compute } = shape;
  if (tile === null) {
    linearBackwardInput(recorder, context, shape, { weight: t.weight, dy: t.dy, dx: t.dx });
    linearBackwardWeight(recorder, context, shape, t);
    if (t.swiglu) swigluBackward(recorder, context, { rows, features: inputs, dout: t.dx, ...t.swiglu });
    return;
  }
  const { x, dy, weight, dweight: dw, swiglu, parts = 1, accumulate = false } = t;
  if (parts > 1 && accumulate) throw new RangeError('a gradient in parts is added to when they are added up');
  const block = tileBlock(TILES[tile]);
  const across = Math.ceil(inputs / block.columns);
  const down = Math.ceil(rows.limit / block.rows) + parts * Math.ceil(outputs / block.rows);
  recorder.spare();
  if (swiglu) recorder.spare();
  recorder.call(shader, {
    constants: { ...TILES[tile], ...factorConstants(compute), SWIGLU: swiglu ? 1 : 0 },
    uniforms: { rows, inputs, outputs, parts, accumulate: accumulate ? 1 : 0 },
    bindings: {
      counts: context.counts,
      dy,
      weight,
      x,
      dx: swiglu?.dgateUp ?? t.dx,
      dw,
      gate_up: swiglu?.gateUp ?? x,
    },
    groups: grid(across * down, 1),
    work: ({ live }) => {
      const n = live(rows);
      const products = productsOf(n, shape, parts);
      const written = Math.max(1, partCount(n, parts)) + (accumulate ? 1 : 0);
      return {
        flops: (2 * 2 * n + (accumulate ? 1 : 0)) * inputs * outputs + (swiglu ? 12 * n * inputs : 0),
        bytes: 4 * (n * (outputs + (swiglu ? 5 : 2) * inputs) + (1 + written) * inputs * outputs),
        shared: products.reduce((sum, product) => sum + tileReads(TILES[tile], product), 0),
        rounds: Math.max(...products.map(tileRounds)),
        workgroups: products.reduce((sum, product) => sum + tileGroups(TILES[tile], product), 0),
      };
    },
  });
}

/** dx, then dw. */
const productsOf = (rows: number, { inputs, outputs, compute }: LinearShape, parts: number): Product[] => [
  { rows, inner: outputs, columns: inputs, compute },
  { rows: outputs, inner: rows, columns: inputs, parts, compute },
];

function tileOf({ gpu }: Recorder, shape: LinearShape, parts = 1): TileName | null {
  return usesTiles(gpu) ? tileFor(gpu, productsOf(shape.rows.limit, shape, parts)) : null;
}
