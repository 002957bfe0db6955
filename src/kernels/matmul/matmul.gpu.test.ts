import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { matmul, matmulVariants, type Matrix, type MatmulOptions } from './matmul';
import { bitsOf, CANARY, padded, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, fixedRows, liveRows } from '../rows';

const tolerance = KERNEL_TOLERANCE.matmul.forward;

/** Where elements lie: a linear layer's forward, its input gradient, its weight gradient, and both sides turned. */
const layouts = {
  'x · wᵀ': { a: false, b: true },
  'dy · w': { a: false, b: false },
  'dyᵀ · x': { a: true, b: false },
  'aᵀ · bᵀ': { a: true, b: true },
};

const shapes = [
  [1, 1, 1],
  [3, 5, 17],
  [5, 129, 3],
  [61, 17, 65],
  [65, 61, 129],
  [129, 300, 67],
  [64, 64, 64],
  [3, 2049, 17],
] as const;

interface Case {
  rows: number;
  inner: number;
  columns: number;
  layout: { a: boolean; b: boolean };
  /** Rows and inner of the buffers, where more than those that are live. */
  capacity?: { rows: number; inner: number };
  /** Floats between rows beyond the row itself, in A, B and C. */
  gap?: number;
  bias?: boolean;
  residual?: boolean;
  accumulate?: boolean;
  scale?: number;
  /** Elements before the first of A and of B. */
  base?: number;
}

/** Compares every shader with f64, and all of them with each other to the bit. */
async function check(bench: Bench, c: Case): Promise<void> {
  const { rows, inner, columns, layout, gap = 0 } = c;
  const limit = c.capacity ?? { rows, inner };
  const aStride = (layout.a ? limit.rows : limit.inner) + gap;
  const bStride = (layout.b ? limit.inner : columns) + gap;
  const cStride = columns + gap;
  const a = singles((layout.a ? limit.inner : limit.rows) * aStride, 1);
  // Long sums are scaled as weights are: the result is of order one, or rounding would outgrow the tolerance.
  const b = singles((layout.b ? columns : limit.inner) * bStride, 2, inner > 256 ? 1 / Math.sqrt(inner) : 1);
  const bias = singles(columns, 3);
  const before = singles(limit.rows * cStride, 4);
  const residual = singles(limit.rows * cStride, 5);

  const expected = padded([], limit.rows * cStride);
  if (c.accumulate) expected.set(before);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = i * cStride + j;
      let product = 0;
      for (let k = 0; k < inner; k++) {
        product += a[layout.a ? k * aStride + i : i * aStride + k]! * b[layout.b ? j * bStride + k : k * bStride + j]!;
      }
      const added = (c.bias ? bias[j]! : 0) + (c.residual ? residual[at]! : 0) + (c.accumulate ? before[at]! : 0);
      expected[at] = product * (c.scale ?? 1) + added;
    }
  }
  // Rows that are not live are poisoned.
  const poison = (data: Float32Array, stride: number, turned: boolean, live: readonly [number, number]): Float32Array =>
    data.map((value, at) => {
      const [x, y] = [Math.floor(at / stride), at % stride];
      const [i, k] = turned ? [y, x] : [x, y];
      return i < live[0] && k < live[1] ? value : NaN;
    });
  const matrix = (
    data: Float32Array,
    stride: number,
    transposed: boolean,
    live: readonly [number, number],
  ): Matrix => ({
    view: bench.floats([...new Float32Array(c.base ?? 0).fill(NaN), ...poison(data, stride, transposed, live)]),
    stride,
    transposed,
    ...(c.base === undefined ? {} : { base: c.base }),
  });
  const sides = { a: matrix(a, aStride, layout.a, [rows, inner]), b: matrix(b, bStride, layout.b, [inner, columns]) };
  const results: number[][] = [];
  for (const variant of matmulVariants(bench.gpu)) {
    const out = c.accumulate ? bench.floats(before) : bench.output(limit.rows * cStride);
    const o: MatmulOptions = {
      ...sides,
      rows: c.capacity ? liveRows(limit.rows, COUNT.TOKENS) : fixedRows(rows),
      inner: c.capacity ? liveRows(limit.inner, COUNT.TARGETS, 7) : fixedRows(inner),
      columns,
      c: out,
      cStride,
      bias: c.bias ? bench.floats(bias) : undefined,
      residual: c.residual ? bench.floats(poison(residual, cStride, false, [rows, columns])) : undefined,
      accumulate: c.accumulate ?? false,
      ...(c.scale === undefined ? {} : { scale: c.scale }),
    };
    const counts = { TOKENS: rows, TARGETS: inner + 7 };
    await bench.run((recorder, context) => matmul(recorder, context, o, variant), counts);
    await bench.close(variant, out, expected, tolerance);
    results.push(bitsOf(await bench.read(out)));
  }
  for (const bits of results) expect(bits).toEqual(results[0]);
}

describe('matmul', () => {
  for (const [name, layout] of Object.entries(layouts)) {
    for (const [rows, inner, columns] of shapes) {
      testKernel(`${name}, (${rows}, ${inner}) · (${inner}, ${columns})`, (bench) =>
        check(bench, { rows, inner, columns, layout }),
      );
    }
    testKernel(`${name}, with a bias`, (bench) =>
      check(bench, { rows: 61, inner: 17, columns: 65, layout, bias: true }),
    );
    testKernel(`${name}, added to C, in wider rows`, (bench) =>
      check(bench, { rows: 33, inner: 61, columns: 67, layout, gap: 5, accumulate: true }),
    );
    testKernel(`${name}, with a residual, in wider rows, some live`, (bench) =>
      check(bench, {
        rows: 35,
        inner: 17,
        columns: 65,
        layout,
        capacity: { rows: 67, inner: 17 },
        gap: 3,
        residual: true,
      }),
    );
    testKernel(`${name}, with a bias, added to C`, (bench) =>
      check(bench, { rows: 5, inner: 3, columns: 17, layout, bias: true, accumulate: true }),
    );
    testKernel(`${name}, fewer rows and a shorter inner side than the buffers hold`, (bench) =>
      check(bench, { rows: 37, inner: 29, columns: 65, layout, capacity: { rows: 129, inner: 61 }, gap: 3 }),
    );
    testKernel(`${name}, scaled, of matrices that begin inside their buffers`, (bench) =>
      check(bench, { rows: 37, inner: 29, columns: 65, layout, gap: 3, base: 5, scale: -0.75, accumulate: true }),
    );
    testKernel(`${name}, scaled, whole blocks and nothing added`, (bench) =>
      check(bench, { rows: 33, inner: 17, columns: 64, layout, base: 3, scale: 2.5 }),
    );
    testKernel(`${name}, no live rows`, (bench) =>
      check(bench, { rows: 0, inner: 5, columns: 17, layout, capacity: { rows: 65, inner: 17 } }),
    );
    testKernel(`${name}, a sum over nothing`, (bench) =>
      check(bench, { rows: 5, inner: 0, columns: 17, layout, capacity: { rows: 65, inner: 17 } }),
    );
  }

  testKernel('the same program gives the same bits again', async (bench) => {
    const [rows, inner, columns] = [129, 300, 67];
    const c = bench.output(rows * columns);
    const program = await bench.run((recorder, context) =>
      matmul(recorder, context, {
        rows: fixedRows(rows),
        inner: fixedRows(inner),
        columns,
        a: { view: bench.floats(singles(rows * inner, 1)), stride: inner },
        b: { view: bench.floats(singles(inner * columns, 2)), stride: columns },
        c,
        cStride: columns,
      }),
    );
    const first = await bench.read(c);
    expect(first).not.toContain(CANARY);
    program.run(3);
    expect(bitsOf(await bench.read(c))).toEqual(bitsOf(first));
  });
});
