import { describe, expect } from 'vitest';
import { Recorder } from '../../gpu/recorder';
import { fixedRows, countWords } from '../rows';
import { columnSum } from '../sums/column-sum';
import { testKernel } from '../reference/harness';
import { FiniteWatch } from './finite';

describe('a watch for numbers that are not finite', () => {
  testKernel('names the kernels that write them, the first one first, and nothing else', async (bench) => {
    const { gpu } = bench;
    const watch = new FiniteWatch(gpu);
    const columns = 5;
    const rows = 130;
    const x = bench.floats(new Float32Array(rows * columns).fill(1));
    const sums = bench.output(3 * columns);
    const out = bench.output(columns);
    const again = bench.output(columns);
    const context = { counts: bench.integers([...countWords({})]) };
    gpu.watch = watch;
    const recorder = new Recorder(gpu, 'sums');
    columnSum(recorder, context, { rows: fixedRows(rows), columns, x, sums });
    columnSum(recorder, context, { rows: fixedRows(3), columns, x: sums, sums: out });
    columnSum(recorder, context, { rows: fixedRows(1), columns, x: out, sums: again });
    gpu.watch = null;
    const program = await recorder.finish();
    try {
      program.run();
      expect(await watch.read()).toEqual([]);
      for (const [value, at] of [
        [NaN, 7],
        [Infinity, 0],
        [-Infinity, rows * columns - 1],
      ] as const) {
        watch.clear();
        const values = new Float32Array(rows * columns).fill(1);
        values[at] = value;
        gpu.write(x, values);
        program.run();
        const found = await watch.read();
        expect(found.map(({ kernel, binding }) => [kernel, binding])).toEqual(Array(3).fill(['column_sum', 'sums']));
      }
      // Of finite numbers, their sum overflows in the second pass alone: the first that names it is that pass.
      watch.clear();
      const large = new Float32Array(rows * columns);
      for (const row of [0, 64, 128]) large[row * columns] = 2e38;
      gpu.write(x, large);
      program.run();
      expect(await watch.read()).toHaveLength(2);
    } finally {
      program.destroy();
      watch.destroy();
    }
  });
});
