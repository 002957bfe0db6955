import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { embeddingForward } from '../embedding/embedding';
import { linearBackwardInput, linearForward } from '../linear/linear';
import { linearBackward, linearForward as forwardReference } from '../linear/linear.reference';
import { matmul, matmulShaders } from '../matmul/matmul';
import { bitsOf, singles, testKernel } from '../reference/harness';
import { integers } from '../reference/test-data';
import { COUNT, fixedRows, liveRows } from '../rows';
import { FINITE_HALVES, inWords, packedBlocks } from './packed.test-data';
import { unpacked } from './unpack';
import { bytesOf, PACKED_DTYPES, type PackedDtype } from './weights';

describe.each(PACKED_DTYPES)('weights in blocks of %s', (dtype: PackedDtype) => {
  testKernel('are read to the bit as ggml reads them, under every finite scale', async (bench) => {
    const [vocabulary, channels] = [FINITE_HALVES.length, 32];
    const bytes = packedBlocks(dtype, vocabulary, 1, (block) => FINITE_HALVES[block]!);
    const out = bench.output(vocabulary * channels);
    const ids = bench.integers(Uint32Array.from({ length: vocabulary }, (_, i) => i));
    const table = bench.integers(inWords(bytes));
    await bench.run((recorder, context) =>
      embeddingForward(recorder, context, { rows: fixedRows(vocabulary), channels, ids, table, dtype, out }),
    );
    const expected = unpacked(bytes, dtype);
    const wrong = (await bench.read(out)).findIndex((value, i) => !Object.is(value, expected[i]));
    expect(wrong).toBe(-1);
  });

  for (const [live, limit, columns, outputs] of [
    [1, 1, 32, 1],
    [1, 4, 96, 67],
    [3, 7, 64, 3],
    [17, 61, 32, 65],
    [65, 65, 288, 129],
  ] as const) {
    testKernel(`multiply ${live} of ${limit} rows, ${columns} → ${outputs}, in both passes`, async (bench) => {
      const bytes = packedBlocks(dtype, (outputs * columns) / 32, 2);
      const weight = unpacked(bytes, dtype);
      const view = bench.integers(inWords(bytes));
      const [x, dy] = [singles(live * columns, 3), singles(live * outputs, 4)];
      const shape = { rows: liveRows(limit, COUNT.TOKENS), inputs: columns, outputs };
      const sides = { x: bench.floats(x, limit * columns), dy: bench.floats(dy, limit * outputs), dtype };
      const outs = [0, 1].map(() => ({ y: bench.output(limit * outputs), dx: bench.output(limit * columns) }));
      // As they lie, and unpacked a few rows at a time.
      const scratches = [null, bench.output(3 * columns)];
      await bench.run(
        (recorder, context) => {
          outs.forEach(({ y, dx }, i) => {
            const of = { ...sides, weight: view, scratch: scratches[i]! };
            linearForward(recorder, context, shape, { ...of, y });
            linearBackwardInput(recorder, context, shape, { ...of, dx });
          });
        },
        { TOKENS: live },
      );
      const sizes = { n: live, k: columns, m: outputs };
      const [{ y, dx }, parts] = [outs[0]!, outs[1]!];
      await bench.close('y', y, forwardReference(x, weight, undefined, sizes), KERNEL_TOLERANCE.matmul.forward);
      await bench.close('dx', dx, linearBackward(dy, x, weight, sizes).dx, KERNEL_TOLERANCE.matmul.backward);
      expect(bitsOf(await bench.read(parts.y))).toEqual(bitsOf(await bench.read(y)));
      expect(bitsOf(await bench.read(parts.dx))).toEqual(bitsOf(await bench.read(dx)));
    });
  }

  for (const transposed of [true, false]) {
    testKernel(
      `have the bits of f32 in every variant${transposed ? '' : ' of the backward product'}`,
      async (bench) => {
        const [rows, inner, columns] = transposed ? [37, 288, 67] : [37, 67, 288];
        const bytes = packedBlocks(dtype, (inner * columns) / 32, 5);
        const a = { view: bench.floats(singles(rows * inner, 6)), stride: inner };
        const sides = [{ view: bench.floats(unpacked(bytes, dtype)) }, { view: bench.integers(inWords(bytes)), dtype }];
        const results: number[][] = [];
        for (const side of sides) {
          for (const variant of matmulShaders(bench.gpu)) {
            const c = bench.output(rows * columns);
            const b = { stride: transposed ? inner : columns, transposed, ...side };
            const o = { rows: fixedRows(rows), inner: fixedRows(inner), columns, a, b, c, cStride: columns };
            await bench.run((recorder, context) => matmul(recorder, context, o, variant));
            results.push(bitsOf(await bench.read(c)));
          }
        }
        for (const result of results) expect(result).toEqual(results[0]);
      },
    );
  }

  testKernel('may be cut into blocks of rows', async (bench) => {
    const [rows, columns, sizes] = [5, 64, [3, 17, 1]] as const;
    const outputs = sizes.reduce<number>((sum, n) => sum + n, 0);
    const bytes = packedBlocks(dtype, (outputs * columns) / 32, 7);
    const rowBytes = bytesOf(dtype, columns);
    const blocks = sizes.map((count, i) => {
      const row = sizes.slice(0, i).reduce<number>((sum, n) => sum + n, 0);
      const part = bytes.subarray(row * rowBytes, (row + count) * rowBytes);
      return { block: { row, rows: count }, view: bench.integers(inWords(part)) };
    });
    const whole = bench.integers(inWords(bytes));
    const shape = { rows: fixedRows(rows), inputs: columns, outputs };
    const sides = { x: bench.floats(singles(rows * columns, 8)), dy: bench.floats(singles(rows * outputs, 9)), dtype };
    const ids = bench.integers(integers(rows, outputs, 10));
    const outs = [0, 1].map(() => [rows * outputs, rows * columns, rows * columns].map((n) => bench.output(n)));
    await bench.run((recorder, context) => {
      const record = (
        [y, dx, out]: (typeof outs)[number],
        at: { weight: typeof whole; block?: { row: number; rows: number } },
      ): void => {
        linearForward(recorder, context, shape, { ...sides, ...at, y: y! });
        linearBackwardInput(recorder, context, shape, { ...sides, ...at, dx: dx! });
        const { weight: table, ...rest } = at;
        embeddingForward(recorder, context, {
          rows: shape.rows,
          channels: columns,
          ids,
          dtype,
          table,
          ...rest,
          out: out!,
        });
      };
      record(outs[0]!, { weight: whole });
      for (const { block, view: weight } of blocks) record(outs[1]!, { weight, block });
    });
    const [expected, found] = await Promise.all(
      outs.map((views) => Promise.all(views.map((view) => bench.read(view)))),
    );
    expect(found!.map(bitsOf)).toEqual(expected!.map(bitsOf));
  });
});
