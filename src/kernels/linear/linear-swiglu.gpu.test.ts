import { describe, expect } from 'vitest';
import { float32ToBfloat16, float32ToFloat16 } from '../../lib/half';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { PAIRED_TILES } from '../matmul/tiles';
import { bitsOf, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { swigluForward as swigluReference } from '../swiglu/swiglu.reference';
import { widened } from '../../tensors/dtype';
import { linearForward as forwardReference } from './linear.reference';
import { linearSwiglu } from './linear-swiglu';

const { forward } = KERNEL_TOLERANCE.matmul;
const halves = { f16: float32ToFloat16, bf16: float32ToBfloat16 };

/** Checks the projections and their SwiGLU of two dispatches, and that one dispatch of any tile gives the same bits. */
async function check(
  bench: Bench,
  [live, limit, inputs, features]: readonly [number, number, number, number],
  dtype: 'f32' | 'f16' | 'bf16',
): Promise<void> {
  const x = singles(live * inputs, 1);
  const drawn = singles(2 * features * inputs, 2, 1 / Math.sqrt(inputs));
  const bits = dtype === 'f32' ? null : halves[dtype](drawn);
  const weight = bits && dtype !== 'f32' ? widened({ dtype, bits }) : drawn;
  const gateUp = forwardReference(x, weight, undefined, { n: live, k: inputs, m: 2 * features });
  const words = bits ? new Uint32Array(Math.ceil(bits.length / 2)) : null;
  bits?.forEach((half, i) => (words![i >> 1]! |= half << (16 * (i & 1))));
  const given = {
    x: bench.floats(x, limit * inputs),
    weight: words ? bench.integers(words) : bench.floats(weight),
    dtype,
    scratch: null,
  };
  const shape = { rows: liveRows(limit, COUNT.TOKENS), inputs, features };
  const found: number[][] = [];
  const names = Object.keys(PAIRED_TILES).filter((name): name is keyof typeof PAIRED_TILES => name in PAIRED_TILES);
  for (const tile of [null, ...names]) {
    const t = { ...given, gateUp: bench.output(limit * 2 * features), out: bench.output(limit * features) };
    const program = await bench.run((recorder, context) => linearSwiglu(recorder, context, shape, t, tile), {
      TOKENS: live,
    });
    expect(program.dispatches).toBe(tile === null ? 2 : 1);
    await bench.close(`${tile} gateUp`, t.gateUp, gateUp, forward);
    await bench.close(`${tile} out`, t.out, swigluReference(gateUp, features), forward);
    found.push([...bitsOf(await bench.read(t.gateUp)), ...bitsOf(await bench.read(t.out))]);
  }
  for (const one of found) expect(one).toEqual(found[0]);
}

describe('two projections and their SwiGLU at once', () => {
  for (const shape of [
    [1, 1, 3, 5],
    [17, 61, 5, 3],
    [65, 65, 61, 34],
    [129, 200, 65, 129],
    [64, 64, 64, 32],
    [0, 65, 5, 17],
  ] as const) {
    const [live, limit, inputs, features] = shape;
    for (const dtype of ['f32', 'f16', 'bf16'] as const) {
      testKernel(`${live} of ${limit} rows, ${inputs} → 2 × ${features}, ${dtype}`, (bench) =>
        check(bench, shape, dtype),
      );
    }
  }
});
