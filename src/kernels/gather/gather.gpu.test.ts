import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { gatherRows, scatterRows } from './gather';
import { gatherRows as gatherReference, scatterAddRows } from '../reference/arrays';
import { singles, testKernel } from '../reference/harness';
import { integers } from '../reference/test-data';
import { COUNT, liveRows } from '../rows';

describe('gather and scatter', () => {
  for (const [live, limit, rows, channels, start] of [
    [1, 1, 1, 3, 0],
    [5, 17, 61, 3, 0],
    [61, 65, 129, 65, 0],
    [17, 17, 17, 129, 0],
    [9, 16, 61, 5, 32],
    [0, 16, 61, 5, 32],
  ] as const) {
    testKernel(`${live} of ${limit} rows of ${channels}, after ${start}`, async (bench) => {
      // Distinct rows in no order.
      const keys = integers(rows, 1e6, 1);
      const at = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!).slice(0, live);
      const x = singles(rows * channels, 2);
      const dout = singles(live * channels, 3);
      const before = singles(rows * channels, 4);
      const out = bench.output(limit * channels);
      const dx = bench.floats(before);
      await bench.run(
        (recorder, context) => {
          const shared = { rows: liveRows(limit, COUNT.TARGETS, start), channels, at: bench.integers(at, limit) };
          gatherRows(recorder, context, { ...shared, x: bench.floats(x), out });
          scatterRows(recorder, context, { ...shared, dout: bench.floats(dout, limit * channels), dx });
        },
        { TARGETS: start + live },
      );
      await bench.close('out', out, gatherReference(x, at, channels), KERNEL_TOLERANCE.copy.forward);
      const expected = Float64Array.from(before);
      scatterAddRows(expected, dout, at, channels);
      await bench.close('dx', dx, expected, KERNEL_TOLERANCE.copy.backward);
      const after = await bench.read(dx);
      const chosen = new Set<number>(at);
      const changed = before.map((_, i) => (chosen.has(Math.floor(i / channels)) ? 0 : 1));
      expect(after.filter((_, i) => changed[i] === 1)).toEqual(before.filter((_, i) => changed[i] === 1));
    });
  }
});
