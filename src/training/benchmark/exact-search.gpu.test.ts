import { afterAll, beforeAll, describe, expect } from 'vitest';
import { Gpu } from '../../gpu/gpu';
import { testWithDevice } from '../../gpu/testing';
import { Random } from '../../lib/philox';
import { requestNodeAdapter } from '../../host/node/device';
import { exactSearch } from './exact-search';

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

describe('exactSearch', () => {
  let gpu: Gpu | null = null;
  beforeAll(async () => {
    const adapter = await requestNodeAdapter();
    gpu = adapter && (await Gpu.create(adapter));
  });
  afterAll(() => gpu?.destroy());

  testWithDevice('finds the same as a search one by one, over several blocks of both', async () => {
    const counts = { queries: 300, documents: 5000 };
    const queries = unitRows(counts.queries, 1);
    const documents = unitRows(counts.documents, 2);
    const before = gpu!.counters.liveBuffers;
    const found = await exactSearch(gpu!, { queries, documents, channels: CHANNELS }, 5, (a, b) => b - a);
    expect(gpu!.counters.liveBuffers).toBe(before);
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

  testWithDevice('breaks ties as asked, and gives what there is', async () => {
    const documents = Float32Array.from([1, 0, 0, 1, 1, 0]);
    const query = { queries: Float32Array.from([1, 0]), documents, channels: 2 };
    const [down] = await exactSearch(gpu!, query, 1000, (a, b) => b - a);
    expect([...down!.rows]).toEqual([2, 0, 1]);
    expect([...down!.scores]).toEqual([1, 1, 0]);
    const [up] = await exactSearch(gpu!, query, 2, (a, b) => a - b);
    expect([...up!.rows]).toEqual([0, 2]);
  });

  testWithDevice('takes the best passage of every document', async () => {
    const documents = Float32Array.from([0, 1, 1, 0, 0.6, 0.8, 0.8, 0.6]);
    const owners = Int32Array.from([0, 0, 1, 2]);
    const query = { queries: Float32Array.from([1, 0]), documents, channels: 2, owners };
    const [found] = await exactSearch(gpu!, query, 10, (a, b) => a - b);
    expect([...found!.rows]).toEqual([0, 2, 1]);
    expect([...found!.scores]).toEqual([1, 0.8, 0.6].map(Math.fround));
  });
});
