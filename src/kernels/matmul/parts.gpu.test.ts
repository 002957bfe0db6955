import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { matmul, matmulVariants } from './matmul';
import { bitsOf, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows, fixedRows } from '../rows';
import { summedWords, sumParts, type SummedTensor } from '../sums/sum-parts';

const tolerance = KERNEL_TOLERANCE.matmul.backward;

interface Case {
  rows: number;
  columns: number;
  /** Live rows that are summed over, and how many the buffers hold. */
  live: number;
  limit: number;
  parts: number;
  before?: boolean;
}

/** aᵀ · b of the live rows in f64, and that plus what was there. */
function expectedOf({ rows, columns, live }: Case, a: Float32Array, b: Float32Array, before: Float32Array | null) {
  const sum = Float64Array.from({ length: rows * columns }, (_, i) => before?.[i] ?? 0);
  for (let k = 0; k < live; k++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) sum[i * columns + j]! += a[k * rows + i]! * b[k * columns + j]!;
    }
  }
  return sum;
}

/** Checks a weight gradient whose sums are in parts, for every shader and in a second run. @returns its bits. */
async function gradient(bench: Bench, c: Case): Promise<number[]> {
  const { rows, columns, live, limit, parts } = c;
  // Long sums are scaled, or rounding would outgrow the tolerance.
  const a = singles(live * rows, 1, 1 / Math.sqrt(Math.max(1, live)));
  const b = singles(live * columns, 2);
  const before = c.before ? singles(rows * columns, 3) : null;
  const expected = expectedOf(c, a, b, before);
  const length = rows * columns;
  const inner = liveRows(limit, COUNT.TOKENS);
  const tensors: SummedTensor[] = [{ into: 64, first: 64, length, stride: length, parts, cut: true }];
  const words = bench.integers([...summedWords(tensors)]);
  const results: number[][] = [];
  for (const variant of matmulVariants(bench.gpu)) {
    const pieces = bench.output(64 + parts * length);
    const out = before ? bench.floats([...new Float32Array(64), ...before]) : bench.output(64 + length);
    const place = { buffer: pieces.buffer, offset: 256, size: parts * length * 4 };
    const views = {
      a: { view: bench.floats(a, limit * rows), stride: rows, transposed: true },
      b: { view: bench.floats(b, limit * columns), stride: columns },
    };
    const program = await bench.run(
      (recorder, context) => {
        const o = { ...views, rows: fixedRows(rows), inner, columns, c: place, cStride: columns, parts };
        matmul(recorder, context, o, variant);
        sumParts(recorder, context, { rows: inner, tensors, words, pieces, out, accumulate: before !== null });
      },
      { TOKENS: live },
    );
    const found = (await bench.read(out)).slice(64);
    const result = bench.floats(found);
    await bench.close(variant, result, expected, tolerance);
    results.push(bitsOf(found));
    if (before) continue;
    program.run();
    expect(bitsOf((await bench.read(out)).slice(64))).toEqual(results.at(-1));
  }
  for (const bits of results) expect(bits).toEqual(results[0]);
  return results[0]!;
}

describe('a sum in parts', () => {
  for (const [rows, columns, live, parts] of [
    [3, 5, 1, 16],
    [17, 33, 64, 16],
    [48, 48, 65, 4],
    [61, 17, 242, 16],
    [5, 67, 900, 8],
    [65, 61, 1030, 2],
    [33, 3, 2049, 16],
  ] as const) {
    testKernel(`(${rows}, ${columns}) over ${live} rows in ${parts} at most`, async (bench) => {
      const bits = await gradient(bench, { rows, columns, live, limit: live, parts });
      // The capacity of the buffers makes no difference.
      expect(await gradient(bench, { rows, columns, live, limit: live + 300, parts })).toEqual(bits);
    });
    testKernel(`(${rows}, ${columns}) over ${live} rows in ${parts} at most, added to what is there`, async (bench) => {
      await gradient(bench, { rows, columns, live, limit: live + 7, parts, before: true });
    });
  }

  testKernel('over no rows is zero', async (bench) => {
    const bits = await gradient(bench, { rows: 5, columns: 3, live: 0, limit: 200, parts: 16 });
    expect(new Set(bits)).toEqual(new Set([0]));
  });

  testKernel('has nothing added to it before its parts are', async (bench) => {
    const view = bench.floats(new Float32Array(16));
    const side = { view, stride: 4 };
    const o = { rows: fixedRows(4), inner: fixedRows(4), columns: 4, a: side, b: side, c: view, cStride: 4, parts: 2 };
    await expect(
      bench.run((recorder, context) => matmul(recorder, context, { ...o, accumulate: true })),
    ).rejects.toThrow('a product in parts has nothing added to it');
  });
});
