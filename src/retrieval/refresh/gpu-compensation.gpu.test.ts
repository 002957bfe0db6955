import { expect } from 'vitest';
import { testKernel } from '../../kernels/reference/harness';
import { Random } from '../../lib/philox';
import { normaliseRows } from '../graph/vectors';
import { GpuCompensation } from './gpu-compensation';
import { compensateOnCpu } from './refresher';

for (const [rows, dimension, fitted] of [
  [130, 12, 40],
  [61, 64, 7],
  [3, 5, 3],
] as const) {
  testKernel(`compensation of ${rows} rows of ${dimension} is what the CPU gives`, async ({ gpu }) => {
    const random = new Random(rows, 'evaluation');
    const normal = (length: number, scale: number) => Float32Array.from({ length }, () => scale * random.normal());
    const vectors = normaliseRows(normal(rows * dimension, 1), dimension);
    const documents = Int32Array.from({ length: fitted }, (_, i) => Math.floor((i * rows) / fitted));
    const stored = new Float32Array(fitted * dimension);
    documents.forEach((row, i) => stored.set(vectors.subarray(row * dimension, (row + 1) * dimension), i * dimension));
    const noise = normal(stored.length, 0.1 / Math.sqrt(dimension));
    const fresh = normaliseRows(
      stored.map((x, i) => x + noise[i]! + 0.2 * stored[i - (i % dimension) + ((i + 1) % dimension)]!),
      dimension,
    );
    const pairs = { documents, stored, fresh };
    const expected = vectors.slice();
    const told = await compensateOnCpu(expected, dimension, pairs, 1);
    const compensation = new GpuCompensation(gpu, rows, dimension);
    const moved = vectors.slice();
    const found = await compensation.run(moved, pairs, 1);
    compensation.destroy();
    expect(found.count).toBe(told.count);
    expect(found.mean_drift).toBeCloseTo(told.mean_drift, 6);
    if (told.count > 0) expect(moved).not.toEqual(vectors);
    let worst = 0;
    moved.forEach((x, i) => (worst = Math.max(worst, Math.abs(x - expected[i]!))));
    expect(worst).toBeLessThan(1e-6);
    for (const row of documents) {
      const [from, to] = [row * dimension, (row + 1) * dimension];
      expect(moved.subarray(from, to)).toEqual(vectors.subarray(from, to));
    }
  });
}
