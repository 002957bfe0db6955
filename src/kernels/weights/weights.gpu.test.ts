import { describe, expect } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from '../../lib/half';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { embeddingBackward, embeddingForward, indexTokens } from '../embedding/embedding';
import { linearBackwardInput, linearBackwardWeight, linearForward } from '../linear/linear';
import { linearBackward } from '../linear/linear.reference';
import { matmul, matmulShaders, type MatmulOptions } from '../matmul/matmul';
import { bitsOf, singles, testKernel, type Bench } from '../reference/harness';
import { integers } from '../reference/test-data';
import { COUNT, fixedRows, liveRows } from '../rows';
import type { Dtype, RowBlock } from './weights';

const HALVES = ['f16', 'bf16'] as const;
const rounded = { f16: float32ToFloat16, bf16: float32ToBfloat16 };
const widened = { f16: float16ToFloat32, bf16: bfloat16ToFloat32 };

/** Halves as they lie on the GPU, two a word. */
const packed = (bench: Bench, bits: Uint16Array) => {
  const words = new Uint16Array(Math.ceil(bits.length / 2) * 2);
  words.set(bits);
  return bench.integers(new Uint32Array(words.buffer));
};

/** Rows in blocks of the given numbers. */
const blocksOf = (sizes: readonly number[]): RowBlock[] =>
  sizes.map((rows, i) => ({ row: sizes.slice(0, i).reduce((sum, n) => sum + n, 0), rows }));

describe('halves', () => {
  for (const dtype of HALVES) {
    testKernel(`every ${dtype} is read exactly`, async (bench) => {
      const [vocabulary, channels] = [0x2000, 8];
      const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
      const floats = widened[dtype](bits);
      const out = bench.output(bits.length);
      await bench.run((recorder, context) =>
        embeddingForward(recorder, context, {
          rows: fixedRows(vocabulary),
          channels,
          ids: bench.integers(Uint32Array.from({ length: vocabulary }, (_, i) => i)),
          table: packed(bench, bits),
          dtype,
          out,
        }),
      );
      const read = await bench.read(out);
      const isSame = read.map((value, i) => Number(Object.is(value, floats[i])));
      expect(isSame).not.toContain(0);
    });

    for (const [rows, inner, columns] of [
      [1, 1, 1],
      [5, 129, 3],
      [61, 17, 65],
      [37, 300, 67],
    ] as const) {
      for (const transposed of [true, false]) {
        testKernel(
          `a product with ${dtype}, (${rows}, ${inner}) · (${inner}, ${columns})${transposed ? ' turned' : ''}, has the bits of f32`,
          async (bench) => {
            const bits = rounded[dtype](singles(inner * columns, 2, 1 / Math.sqrt(inner)));
            const results: number[][] = [];
            const a = { view: bench.floats(singles(rows * inner, 1)), stride: inner };
            const sides: [Dtype, MatmulOptions['b']['view']][] = [
              ['f32', bench.floats(widened[dtype](bits))],
              [dtype, packed(bench, bits)],
            ];
            for (const [kind, view] of sides) {
              for (const variant of matmulShaders(bench.gpu)) {
                const c = bench.output(rows * columns);
                const b = { view, stride: transposed ? inner : columns, transposed, dtype: kind };
                const o = { rows: fixedRows(rows), inner: fixedRows(inner), columns, a, b, c, cStride: columns };
                await bench.run((recorder, context) => matmul(recorder, context, o, variant));
                results.push(bitsOf(await bench.read(c)));
              }
            }
            for (const result of results) expect(result).toEqual(results[0]);
          },
        );
      }
    }
  }
});

describe('a product in parts of its inner dimension', () => {
  for (const [rows, columns, sizes] of [
    [1, 3, [1, 4]],
    [61, 65, [64, 17, 3]],
    [33, 129, [128, 65]],
  ] as const) {
    testKernel(
      `(${rows}, ${sizes.join(' + ')}) · (…, ${columns}) has the bits of the whole, in every variant`,
      async (bench) => {
        const inner = sizes.reduce((sum, n) => sum + n, 0);
        const a = bench.floats(singles(rows * inner, 1));
        const b = singles(inner * columns, 2);
        for (const variant of matmulShaders(bench.gpu)) {
          const [whole, parts] = [bench.output(rows * columns), bench.output(rows * columns)];
          const shared = { rows: fixedRows(rows), columns, cStride: columns };
          await bench.run((recorder, context) => {
            const of = (view: Float32Array) => ({ view: bench.floats(view), stride: columns });
            const all = { ...shared, inner: fixedRows(inner), a: { view: a, stride: inner }, b: of(b), c: whole };
            matmul(recorder, context, all, variant);
            for (const { row, rows: count } of blocksOf(sizes)) {
              const part = {
                inner: fixedRows(count),
                a: { view: a, stride: inner, base: row },
                b: of(b.slice(row * columns, (row + count) * columns)),
              };
              matmul(recorder, context, { ...shared, ...part, c: parts, continued: row > 0 }, variant);
            }
          });
          expect(bitsOf(await bench.read(parts)), variant).toEqual(bitsOf(await bench.read(whole)));
        }
      },
    );
  }
});

describe('weights in blocks of rows', () => {
  for (const [live, limit, inputs, sizes] of [
    [1, 1, 3, [1, 4]],
    [17, 61, 5, [3, 7, 1]],
    [65, 65, 61, [17, 64, 48]],
    [129, 140, 67, [65, 1, 129]],
  ] as const) {
    testKernel(`${live} of ${limit} rows, ${inputs} → ${sizes.join(' + ')}`, async (bench) => {
      const blocks = blocksOf(sizes);
      const outputs = sizes.reduce((sum, n) => sum + n, 0);
      const shape = { rows: liveRows(limit, COUNT.TOKENS), inputs, outputs };
      const [x, weight] = [singles(live * inputs, 1), singles(outputs * inputs, 2)];
      const [bias, residual, dy] = [singles(outputs, 3), singles(live * outputs, 4), singles(live * outputs, 5)];
      const part = (all: Float32Array, { row, rows }: RowBlock) => all.subarray(row * inputs, (row + rows) * inputs);
      const inputsOf = {
        x: bench.floats(x, limit * inputs),
        dy: bench.floats(dy, limit * outputs),
        sums: bench.output(Math.ceil(limit / 64) * outputs),
      };
      const addends = [{}, { bias: bench.floats(bias) }, { residual: bench.floats(residual, limit * outputs) }];
      for (const addend of addends) {
        const [whole, apart] = [bench.output(limit * outputs), bench.output(limit * outputs)];
        await bench.run(
          (recorder, context) => {
            linearForward(recorder, context, shape, { ...inputsOf, ...addend, weight: bench.floats(weight), y: whole });
            for (const block of blocks) {
              const view = bench.floats(part(weight, block));
              linearForward(recorder, context, shape, { ...inputsOf, ...addend, weight: view, block, y: apart });
            }
          },
          { TOKENS: live },
        );
        expect(bitsOf(await bench.read(apart))).toEqual(bitsOf(await bench.read(whole)));
      }

      const expected = linearBackward(dy, x, weight, { n: live, k: inputs, m: outputs });
      const [dxWhole, dx] = [bench.output(limit * inputs), bench.output(limit * inputs)];
      const dweight = bench.output(outputs * inputs);
      const parts = blocks.map((block) => ({ block, dweight: bench.output(block.rows * inputs) }));
      await bench.run(
        (recorder, context) => {
          linearBackwardInput(recorder, context, shape, { ...inputsOf, weight: bench.floats(weight), dx: dxWhole });
          linearBackwardWeight(recorder, context, shape, { ...inputsOf, dweight });
          for (const { block, dweight: into } of parts) {
            const view = bench.floats(part(weight, block));
            linearBackwardInput(recorder, context, shape, { ...inputsOf, weight: view, block, dx });
            linearBackwardWeight(recorder, context, shape, { ...inputsOf, dweight: into, block });
          }
        },
        { TOKENS: live },
      );
      await bench.close('dx', dx, expected.dx, KERNEL_TOLERANCE.matmul.backward);
      expect(bitsOf(await bench.read(dx))).toEqual(bitsOf(await bench.read(dxWhole)));
      await bench.close('dw', dweight, expected.dw, KERNEL_TOLERANCE.matmul.backward);
      const all = await bench.read(dweight);
      for (const { block, dweight: into } of parts) {
        expect(bitsOf(await bench.read(into))).toEqual(bitsOf(Float32Array.from(part(all, block))));
      }
    });
  }

  testKernel('an embedding in blocks looks up and learns what one in a single binding does', async (bench) => {
    const [live, limit, channels, sizes] = [61, 65, 5, [3, 17, 1, 12]] as const;
    const vocabulary = sizes.reduce((sum, n) => sum + n, 0);
    const ids = Uint32Array.from(integers(live, vocabulary, 1));
    const [table, before, dout] = [
      singles(vocabulary * channels, 2),
      singles(vocabulary * channels, 3),
      singles(live * channels, 4),
    ];
    const index = indexTokens(ids);
    const part = (all: Float32Array, { row, rows }: RowBlock) => all.subarray(row * channels, (row + rows) * channels);
    const rows = liveRows(limit, COUNT.TOKENS);
    const backward = {
      rows: liveRows(limit, COUNT.DISTINCT),
      channels,
      distinct: bench.integers(index.distinct, limit),
      offsets: bench.integers(index.offsets, limit + 1),
      order: bench.integers(index.order, limit),
      dout: bench.floats(dout, limit * channels),
    };
    const lookup = { rows, channels, ids: bench.integers(ids, limit) };
    const [whole, apart, dtable] = [
      bench.output(limit * channels),
      bench.output(limit * channels),
      bench.floats(before),
    ];
    const parts = blocksOf(sizes).map((block) => ({ block, dtable: bench.floats(part(before, block)) }));
    await bench.run(
      (recorder, context) => {
        embeddingForward(recorder, context, { ...lookup, table: bench.floats(table), out: whole });
        embeddingBackward(recorder, context, { ...backward, dtable });
        for (const { block, dtable: into } of parts) {
          embeddingForward(recorder, context, {
            ...lookup,
            table: bench.floats(part(table, block)),
            block,
            out: apart,
          });
          embeddingBackward(recorder, context, { ...backward, dtable: into, block });
        }
      },
      { TOKENS: live, DISTINCT: index.distinct.length },
    );
    expect(bitsOf(await bench.read(apart))).toEqual(bitsOf(await bench.read(whole)));
    const all = await bench.read(dtable);
    for (const { block, dtable: into } of parts) {
      expect(bitsOf(await bench.read(into))).toEqual(bitsOf(Float32Array.from(part(all, block))));
    }
  });
});
