import { expect, it } from 'vitest';
import { plannedGpu } from '../gpu/planned';
import { gpuBenchmark, type BenchmarkLine } from './gpu-benchmark';

it('a part that an adapter cannot run says why, and the rest goes on until somebody cancels', async () => {
  // It refuses every submit.
  const told: BenchmarkLine[] = [];
  const lines = await gpuBenchmark(
    plannedGpu(),
    (line) => told.push(line),
    () => told.length === 9,
  );
  expect(told).toEqual(lines);
  expect(lines).toHaveLength(9);
  for (const { what, milliseconds, rate, reason } of lines) {
    expect({ what, milliseconds, rate }).toEqual({ what, milliseconds: null, rate: null });
    expect(reason, what).toMatch(/computes nothing/);
  }
});
