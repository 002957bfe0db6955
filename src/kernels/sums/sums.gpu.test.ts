import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { addBlocks, columnSum, SUM_BLOCK } from './column-sum';
import { CANARY, padded, singles, testKernel } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { sumRows } from './sum-rows';

const tolerance = KERNEL_TOLERANCE.copy.backward;

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
      await bench.run(
        (recorder, context) =>
          columnSum(recorder, context, {
            rows: liveRows(limit, COUNT.TOKENS),
            columns,
            x: bench.floats(x, limit * columns),
            sums,
            out,
          }),
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
    const sums = bench.output(Math.ceil(limit / SUM_BLOCK) * columns);
    const t = { rows: liveRows(limit, COUNT.TOKENS), columns, x: bench.floats(x, limit * columns), sums, out };
    const program = await bench.run((recorder, context) => columnSum(recorder, context, { ...t, accumulate: true }), {
      TOKENS: live,
    });
    program.run();
    await bench.close('sums', out, expected, tolerance);
  });

  testKernel('partial sums that lie there already', async (bench) => {
    const sums = singles(5 * 17, 1);
    const out = bench.output(17);
    const expected = new Float64Array(17);
    sums.forEach((value, i) => (expected[i % 17]! += value));
    await bench.run((recorder, context) =>
      addBlocks(recorder, context, { blocks: 5, columns: 17, sums: bench.floats(sums), out }),
    );
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
