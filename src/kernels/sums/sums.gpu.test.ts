import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { columnSum, SUM_BLOCK } from './column-sum';
import { CANARY, padded, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, fixedRows, liveRows } from '../rows';
import { summedWords, sumParts, type SummedTensor } from './sum-parts';
import { sumRows } from './sum-rows';

const tolerance = KERNEL_TOLERANCE.copy.backward;

/** The kernel that adds up the partial sums of one tensor of `columns`, one for each block. */
function adding(bench: Bench, columns: number, parts: number) {
  const tensors = [{ into: 0, first: 0, length: columns, stride: columns, parts, cut: false }];
  return { tensors, words: bench.integers([...summedWords(tensors)]) };
}

describe('column sum', () => {
  for (const [live, limit, columns] of [
    [1, 1, 3],
    [5, 17, 1],
    [61, 129, 65],
    [129, 129, 17],
    [300, 513, 129],
    [0, 65, 5],
  ] as const) {
    testKernel(`${live} of ${limit} rows, ${columns} columns`, async (bench) => {
      const x = singles(live * columns, 1);
      const expected = new Float64Array(columns);
      x.forEach((value, i) => (expected[i % columns]! += value));
      const out = bench.output(columns + 3);
      const blocks = Math.ceil(limit / SUM_BLOCK);
      const sums = bench.output(blocks * columns);
      const rows = liveRows(limit, COUNT.TOKENS);
      const t = { rows, ...adding(bench, columns, blocks), pieces: sums, out, accumulate: false };
      const view = bench.floats(x, limit * columns);
      await bench.run(
        (recorder, context) => {
          columnSum(recorder, context, { rows, columns, x: view, sums });
          sumParts(recorder, context, t);
        },
        { TOKENS: live },
      );
      await bench.close('sums', out, expected, tolerance);
    });
  }

  testKernel('is added to what is there, part by part', async (bench) => {
    const [live, limit, columns] = [61, 129, 17];
    const x = singles(live * columns, 1);
    const start = singles(columns, 2);
    const expected = Float64Array.from(start);
    x.forEach((value, i) => (expected[i % columns]! += 2 * value));
    const out = bench.floats(start);
    const blocks = Math.ceil(limit / SUM_BLOCK);
    const sums = bench.output(blocks * columns);
    const rows = liveRows(limit, COUNT.TOKENS);
    const view = bench.floats(x, limit * columns);
    const t = { rows, ...adding(bench, columns, blocks), pieces: sums, out, accumulate: true };
    const program = await bench.run(
      (recorder, context) => {
        columnSum(recorder, context, { rows, columns, x: view, sums });
        sumParts(recorder, context, t);
      },
      { TOKENS: live },
    );
    program.run();
    await bench.close('sums', out, expected, tolerance);
  });

  testKernel('partial sums of many tensors that lie there already, each in its place', async (bench) => {
    const lengths = [17, 64, 1, 130, 65];
    const parts = [5, 1, 3, 2, 4];
    const tensors: SummedTensor[] = [];
    let [into, first] = [3, 0];
    for (const [i, length] of lengths.entries()) {
      tensors.push({ into, first, length, stride: length + 2, parts: parts[i]!, cut: false });
      into += length + 5;
      first += parts[i]! * (length + 2);
    }
    const pieces = singles(first, 1);
    const out = bench.output(into);
    const expected = padded([], into);
    for (const tensor of tensors) {
      for (let i = 0; i < tensor.length; i++) {
        let sum = 0;
        for (let p = 0; p < tensor.parts; p++) sum += pieces[tensor.first + p * tensor.stride + i]!;
        expected[tensor.into + i] = sum;
      }
    }
    const words = bench.integers([...summedWords(tensors)]);
    const t = { rows: fixedRows(1), tensors, words, pieces: bench.floats(pieces), out, accumulate: false };
    await bench.run((recorder, context) => sumParts(recorder, context, t));
    await bench.close('sums', out, expected, tolerance);
  });
});

describe('sum of rows into the ring', () => {
  for (const [live, limit, pitch, offset] of [
    [1, 1, 1, 0],
    [5, 17, 4, 3],
    [65, 129, 3, 1],
    [1000, 1000, 1, 0],
    [0, 17, 2, 1],
  ] as const) {
    testKernel(`${live} of ${limit} rows, word ${offset} of ${pitch}`, async (bench) => {
      const values = singles(live * pitch, 1);
      const [slots, width, column] = [3, 5, 2];
      const ring = bench.output(slots * width);
      const state = bench.integers([1, 0, 0, 0]);
      const view = bench.floats(values, limit * pitch);
      const program = await bench.run(
        (recorder, context) =>
          sumRows(recorder, context, {
            rows: liveRows(limit, COUNT.TARGETS),
            pitch,
            offset,
            width,
            column,
            state,
            values: view,
            ring,
          }),
        { TARGETS: live },
      );
      const sum = values.reduce((total, value, i) => total + (i % pitch === offset ? value : 0), 0);
      const expected = padded([], slots * width);
      expected[width + column] = sum;
      await bench.close('ring', ring, expected, tolerance);
      // The next step writes elsewhere, as the state says.
      bench.gpu.write(state, Uint32Array.of(2));
      program.run();
      const after = await bench.read(ring);
      expect(after[2 * width + column]).toBe(after[width + column]);
      expect(after.filter((value) => value === CANARY)).toHaveLength(slots * width - 2);
    });
  }

  testKernel('a part is added to what other parts left', async (bench) => {
    const values = singles(65, 1);
    const ring = bench.floats([0, 0.5, 0, 0, 0, 0]);
    const state = bench.integers([0, 0, 0, 0]);
    const t = { rows: liveRows(129, COUNT.TARGETS), pitch: 1, offset: 0, width: 3, column: 1, state, ring };
    const view = bench.floats(values, 129);
    const program = await bench.run(
      (recorder, context) => sumRows(recorder, context, { ...t, values: view, accumulate: true }),
      { TARGETS: 65 },
    );
    program.run();
    const sum = values.reduce((total, value) => total + value, 0);
    await bench.close('ring', ring, [0, 0.5 + 2 * sum, 0, 0, 0, 0], tolerance);
  });
});
