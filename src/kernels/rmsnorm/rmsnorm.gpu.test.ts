import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { add } from '../reference/arrays';
import { bitsOf, CANARY, singles, testKernel, type Bench } from '../reference/harness';
import { plainNorm, rmsnormBackward, rmsnormForward, type NormShape } from './rmsnorm';
import { rmsnormBackward as backwardReference, rmsnormForward as forwardReference } from './rmsnorm.reference';
import { COUNT, liveRows } from '../rows';
import { summedWords, sumParts } from '../sums/sum-parts';

const { forward, backward } = KERNEL_TOLERANCE.reduction;

/** Where the normalised rows of `live` tokens lie. */
function places(s: NormShape, live: number): number[] {
  return Array.from({ length: live * s.group }, (_, row) => {
    return Math.floor(row / s.group) * s.stride + s.base + (row % s.group) * s.channels;
  });
}

const take = (data: Float32Array, at: number[], width: number): Float64Array =>
  Float64Array.from(at.flatMap((start) => [...data.subarray(start, start + width)]));

/** `values` at the places of `length` floats, `rest` elsewhere. */
function put(values: Float64Array, at: number[], width: number, rest: Float64Array): Float64Array {
  const all = Float64Array.from(rest);
  at.forEach((start, row) => all.set(values.subarray(row * width, (row + 1) * width), start));
  return all;
}

async function check(bench: Bench, s: NormShape, live: number, eps: number, accumulate: boolean): Promise<void> {
  const { channels, group } = s;
  const length = s.rows.limit * s.stride;
  const at = places(s, live);
  const input = (seed: number): Float32Array =>
    singles(length, seed).map((value, i) => (i < live * s.stride ? value : NaN));
  const x = input(1);
  // A row of zeros has the largest rstd there is.
  if (at.length > 1) x.fill(0, at[1], at[1]! + channels);
  const dy = input(2);
  const weight = singles(channels, 3);
  const before = singles(length, 4);
  const { y, rstd } = forwardReference(take(x, at, channels), weight, eps);
  const { dx, dweight } = backwardReference(take(dy, at, channels), take(x, at, channels), weight, rstd);

  const rows = s.rows.limit * group;
  const views = {
    x: bench.floats(x),
    weight: bench.floats(weight),
    dy: bench.floats(dy),
    y: bench.output(length),
    rstd: bench.output(rows),
    dx: accumulate ? bench.floats(before) : bench.output(length),
    dweight: bench.output(channels),
    sums: bench.output(Math.ceil(rows / 64) * channels),
  };
  const tensors = [{ into: 0, first: 0, length: channels, stride: channels, parts: Math.ceil(rows / 64), cut: false }];
  const words = bench.integers([...summedWords(tensors)]);
  await bench.run(
    (recorder, context) => {
      rmsnormForward(recorder, context, s, { ...views, eps });
      rmsnormBackward(recorder, context, s, { ...views, accumulate });
      sumParts(recorder, context, {
        rows: s.rows,
        tensors,
        words,
        pieces: views.sums,
        out: views.dweight,
        accumulate: false,
      });
    },
    { TOKENS: live },
  );
  const untouched = new Float64Array(length).fill(CANARY);
  await bench.close('y', views.y, put(y, at, channels, untouched), forward);
  await bench.close('rstd', views.rstd, rstd, forward);
  const old = Float64Array.from(before);
  const grown = accumulate ? add(dx, take(before, at, channels)) : dx;
  await bench.close('dx', views.dx, put(grown, at, channels, accumulate ? old : untouched), backward);
  await bench.close('dweight', views.dweight, dweight, backward);

  // A frozen norm's dx is the same, bit for bit.
  const frozen = accumulate ? bench.floats(before) : bench.output(length);
  await bench.run(
    (recorder, context) => rmsnormBackward(recorder, context, s, { ...views, dx: frozen, sums: undefined, accumulate }),
    { TOKENS: live },
  );
  expect(bitsOf(await bench.read(frozen))).toEqual(bitsOf(await bench.read(views.dx)));
}

describe('rmsnorm', () => {
  for (const [live, limit, channels] of [
    [1, 1, 3],
    [3, 5, 17],
    [61, 129, 65],
    [130, 130, 61],
    [65, 200, 129],
    [5, 5, 1025],
  ] as const) {
    const shape = plainNorm(liveRows(limit, COUNT.TOKENS), channels);
    testKernel(`${live} of ${limit} rows, ${channels} channels`, (bench) => check(bench, shape, live, 1e-3, false));
    testKernel(`${live} of ${limit} rows, ${channels} channels, added to dx`, (bench) =>
      check(bench, shape, live, 0.1, true),
    );
  }
  testKernel('the eps of checkpoints', (bench) =>
    check(bench, plainNorm(liveRows(5, COUNT.TOKENS), 65), 5, 1e-6, false),
  );

  // Rows of 5 query heads, 2 key heads and 2 value heads.
  for (const [name, group, first] of [
    ['q', 5, 0],
    ['k', 2, 5],
  ] as const) {
    for (const headDim of [6, 16, 17]) {
      const shape: NormShape = {
        rows: liveRows(67, COUNT.TOKENS),
        channels: headDim,
        group,
        stride: 9 * headDim,
        base: first * headDim,
      };
      testKernel(`the ${name} heads of a wider row, ${headDim} channels`, (bench) =>
        check(bench, shape, 61, 1e-3, headDim === 17),
      );
    }
  }
});
