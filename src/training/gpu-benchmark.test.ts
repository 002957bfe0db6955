import { expect, it } from 'vitest';
import { plannedGpu } from '../gpu/planned';
import type { BenchmarkLine } from '../records/speed';
import { gpuBenchmark } from './gpu-benchmark';

it('a part that an adapter cannot run says why, and the rest goes on until somebody cancels', async () => {
  // It refuses every submit.
  const told: BenchmarkLine[] = [];
  const begun: string[] = [];
  const lines = await gpuBenchmark(plannedGpu(), {
    onLine: (line) => told.push(line),
    onPart: (what, part, parts) => {
      expect([part, parts]).toEqual([begun.length + 1, 14]);
      begun.push(what);
    },
    isCancelled: () => told.length === 9,
  });
  expect(begun.slice(0, -1)).toEqual(told.map(({ what }) => what));
  expect(told).toEqual(lines);
  expect(lines).toHaveLength(9);
  for (const { what, milliseconds, rate, reason } of lines) {
    expect({ what, milliseconds, rate }).toEqual({ what, milliseconds: null, rate: null });
    expect(reason, what).toMatch(/computes nothing/);
  }
});
