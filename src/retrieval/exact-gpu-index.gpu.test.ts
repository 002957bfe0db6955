import { describe, expect } from 'vitest';
import { testWithGpu } from '../gpu/testing';
import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';
import { ExactGpuIndex } from './exact-gpu-index';
import { ExactIndex, oneByOne, type BatchIndex } from './search-index';

const CHANNELS = 8;

function unitRows(count: number, seed: number): Float32Array {
  const random = new Random(seed, 'init');
  const rows = Float32Array.from({ length: count * CHANNELS }, () => random.normal());
  for (let row = 0; row < count; row++) {
    const vector = rows.subarray(row * CHANNELS, (row + 1) * CHANNELS);
    const norm = Math.hypot(...vector);
    vector.forEach((x, i) => (vector[i] = x / norm));
  }
  return rows;
}

const dot = (a: Float32Array, i: number, b: Float32Array, j: number): number => {
  let sum = 0;
  for (let c = 0; c < CHANNELS; c++) sum += a[i * CHANNELS + c]! * b[j * CHANNELS + c]!;
  return sum;
};

describe('exact search on the GPU', () => {
  testWithGpu('finds the same as a search one by one, over several blocks of both', async ({ gpu }) => {
    const counts = { queries: 300, documents: 5000 };
    const queries = unitRows(counts.queries, 1);
    const documents = unitRows(counts.documents, 2);
    const before = gpu.counters.liveBuffers;
    const found = await new ExactGpuIndex(gpu, documents, CHANNELS).rank(queries, 5, { compareTies: (a, b) => b - a });
    expect(gpu.counters.liveBuffers).toBe(before);
    expect(found).toHaveLength(counts.queries);
    for (const [query, { rows, scores }] of found.entries()) {
      const all = Array.from({ length: counts.documents }, (_, row) => dot(queries, query, documents, row));
      const best = [...all].sort((a, b) => b - a);
      rows.forEach((row, at) => {
        expect(Math.abs(scores[at]! - all[row]!)).toBeLessThan(1e-5);
        expect(Math.abs(best[at]! - all[row]!)).toBeLessThan(1e-5);
      });
    }
  });

  testWithGpu('finds what the CPU finds, to the bit, where f32 cannot tell documents apart', async ({ gpu }) => {
    const size = 4200;
    const queries = unitRows(7, 3);
    // Around each of 40 rows many that differ from it in the last bits, and some that are the same.
    const seeds = unitRows(40, 4);
    const random = new Random(5, 'init');
    const documents = Float32Array.from({ length: size * CHANNELS }, (_, i) => {
      const row = Math.floor(i / CHANNELS);
      const value = seeds[(row % 40) * CHANNELS + (i % CHANNELS)]!;
      return row % 3 === 0 ? value : value * (1 + 2e-7 * random.normal());
    });
    const exact = new ExactIndex(documents, CHANNELS);
    const index: BatchIndex = new ExactGpuIndex(gpu, documents, CHANNELS);
    const before = gpu.counters.liveBuffers;
    for (const k of [1, 10, 300]) {
      expect(await index.searchAll(queries, k)).toEqual(await oneByOne(exact).searchAll(queries, k));
    }
    expect(gpu.counters.liveBuffers).toBe(before);
    await expect(index.searchAll(queries, size + 1)).rejects.toThrow(InputError);
    await expect(new ExactGpuIndex(gpu, new Float32Array(8).fill(2), 8).searchAll(queries, 1)).rejects.toThrow(
      InputError,
    );
  });

  testWithGpu('breaks ties as asked, and gives what there is', async ({ gpu }) => {
    const index = new ExactGpuIndex(gpu, Float32Array.from([1, 0, 0, 1, 1, 0]), 2);
    const query = Float32Array.from([1, 0]);
    const [down] = await index.rank(query, 1000, { compareTies: (a, b) => b - a });
    expect([...down!.rows]).toEqual([2, 0, 1]);
    expect([...down!.scores]).toEqual([1, 1, 0]);
    const [up] = await index.rank(query, 2, { compareTies: (a, b) => a - b });
    expect([...up!.rows]).toEqual([0, 2]);
  });

  testWithGpu('takes the best passage of every document', async ({ gpu }) => {
    const documents = Float32Array.from([0, 1, 1, 0, 0.6, 0.8, 0.8, 0.6]);
    const owners = Int32Array.from([0, 0, 1, 2]);
    const index = new ExactGpuIndex(gpu, documents, 2);
    const [found] = await index.rank(Float32Array.from([1, 0]), 10, { compareTies: (a, b) => a - b, owners });
    expect([...found!.rows]).toEqual([0, 2, 1]);
    expect([...found!.scores]).toEqual([1, 0.8, 0.6].map(Math.fround));
  });
});
