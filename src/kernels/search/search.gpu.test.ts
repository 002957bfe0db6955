import { describe, expect } from 'vitest';
import { CANARY, singles, testKernel, type Bench } from '../reference/harness';
import { integers } from '../reference/test-data';
import { COUNT, liveRows } from '../rows';
import { rankOf, topK, type TopKVariant } from './search';

const NOBODY = 0xffffffff;

/** Columns of a row, best first, ties to the lower one. */
const ranked = (row: ArrayLike<number>): number[] =>
  Array.from(row, (_, i) => i).sort((a, b) => row[b]! - row[a]! || a - b);

interface Case {
  live: number;
  limit: number;
  columns: number;
  pitch: number;
  k: number;
  /** Scores are whole multiples of 1 / levels: few levels, many ties. */
  levels: number;
}

async function check(
  bench: Bench,
  variant: TopKVariant,
  { live, limit, columns, pitch, k, levels }: Case,
): Promise<void> {
  const scores = singles(limit * pitch, 1).map((x, i) =>
    i % pitch < columns && i < live * pitch ? Math.round(x * levels) / levels : NaN,
  );
  const orders = Array.from({ length: live }, (_, q) => ranked(scores.subarray(q * pitch, q * pitch + columns)));
  const wanted = Uint32Array.from(integers(live, columns, 2), (d, q) => (q === 2 ? NOBODY : d));
  const rows = liveRows(limit, COUNT.QUERIES);
  const ranks = bench.integers(new Uint32Array(limit).fill(7));
  const ids = bench.integers(new Uint32Array(limit * k).fill(7));
  const values = bench.output(limit * k);
  await bench.run(
    (recorder, context) => {
      const shape = { rows, columns, pitch, scores: bench.floats(scores) };
      rankOf(recorder, context, { ...shape, wanted: bench.integers(wanted, limit), ranks });
      topK(recorder, context, { ...shape, k, ids, values }, variant);
    },
    { QUERIES: live },
  );
  const rest = (length: number): number[] => new Array<number>(length).fill(7);
  const places = orders.map((order, q) => order.indexOf(wanted[q]!) + 1);
  expect([...(await bench.integersOf(ranks))]).toEqual([...places, ...rest(limit - live)]);
  const best = orders.flatMap((order) => order.slice(0, k));
  expect([...(await bench.integersOf(ids))]).toEqual([...best, ...rest((limit - live) * k)]);
  const bestScores = orders.flatMap((order, q) => order.slice(0, k).map((d) => scores[q * pitch + d]! + 0));
  const found = [...(await bench.read(values))].map((value) => value + 0);
  expect(found.slice(0, live * k)).toEqual(bestScores);
  expect(found.slice(live * k).every((value) => value === CANARY)).toBe(true);
}

describe('rank and top-k', () => {
  for (const c of [
    { live: 1, limit: 1, columns: 1, pitch: 1, k: 1, levels: 1000 },
    { live: 3, limit: 5, columns: 5, pitch: 17, k: 5, levels: 1000 },
    { live: 17, limit: 61, columns: 65, pitch: 65, k: 3, levels: 1 },
    { live: 5, limit: 5, columns: 61, pitch: 129, k: 61, levels: 2 },
    { live: 65, limit: 65, columns: 1000, pitch: 1024, k: 10, levels: 5 },
  ]) {
    for (const variant of ['workgroup', 'rows'] as const) {
      const what = `the best ${c.k} of ${c.columns}, ${c.live} of ${c.limit} queries, steps of 1/${c.levels}`;
      testKernel(`${what}, ${variant}`, (bench) => check(bench, variant, c));
    }
  }

  testKernel('all scores tied: the order of the rows', async (bench) => {
    const scores = new Float32Array(129).fill(0.5);
    const ids = bench.integers(new Uint32Array(129));
    const ranks = bench.integers([0]);
    await bench.run(
      (recorder, context) => {
        const shape = { rows: liveRows(1, COUNT.QUERIES), columns: 129, pitch: 129, scores: bench.floats(scores) };
        topK(recorder, context, { ...shape, k: 129, ids, values: bench.output(129) });
        rankOf(recorder, context, { ...shape, wanted: bench.integers([100]), ranks });
      },
      { QUERIES: 1 },
    );
    expect([...(await bench.integersOf(ids))]).toEqual([...scores.keys()]);
    expect([...(await bench.integersOf(ranks))]).toEqual([101]);
  });
});
