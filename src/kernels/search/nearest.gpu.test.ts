import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { matmul } from '../matmul/matmul';
import { bitsOf, CANARY, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, fixedRows, liveRows } from '../rows';
import { nearestDocuments, nearestSizes, type NearestVariant } from './nearest';
import { topK } from './search';

interface Case {
  live: number;
  limit: number;
  columns: number;
  dimension: number;
  k: number;
  /** Values are whole multiples of 1 / levels where there are levels: cosines then tie. */
  levels?: number;
}

/** Rows (rows, d) of length 1; of few levels, rows whose products are exact and often the same. */
function unitRows(rows: number, d: number, seed: number, levels?: number): Float32Array<ArrayBuffer> {
  const x = singles(rows * d, seed);
  if (levels !== undefined) return x.map((value) => Math.round(value * levels) / levels);
  for (let row = 0; row < rows; row++) {
    const norm = Math.hypot(...x.subarray(row * d, (row + 1) * d));
    for (let c = row * d; c < (row + 1) * d; c++) x[c] = x[c]! / norm;
  }
  return x;
}

/** The k nearest documents of each query by loops in f64, ties to the lower row. */
function reference(queries: Float32Array, documents: Float32Array, { live, columns, dimension: d, k }: Case) {
  return Array.from({ length: live }, (_, q) => {
    const cosines = Array.from({ length: columns }, (_, n) => {
      let sum = 0;
      for (let c = 0; c < d; c++) sum += queries[q * d + c]! * documents[n * d + c]!;
      return sum;
    });
    const order = cosines.map((_, n) => n).sort((a, b) => cosines[b]! - cosines[a]! || a - b);
    return { ids: order.slice(0, k), values: order.slice(0, k).map((n) => cosines[n]!) };
  });
}

async function check(bench: Bench, c: Case, variant: NearestVariant): Promise<void> {
  const { live, limit, columns, dimension, k, levels } = c;
  const documents = unitRows(columns, dimension, 1, levels);
  const queries = unitRows(live, dimension, 2, levels);
  const shape = { rows: liveRows(limit, COUNT.QUERIES), columns, dimension, k };
  const sizes = nearestSizes(bench.gpu, shape, variant);
  const views = {
    queries: bench.floats(queries, limit * dimension),
    documents: bench.floats(documents),
    best: bench.output(sizes.best),
    blocks: bench.integers(new Uint32Array(sizes.blocks)),
    maxima: bench.output(sizes.blocks),
    scores: bench.output(sizes.scores),
    ids: bench.integers(new Uint32Array(limit * k).fill(7)),
    values: bench.output(limit * k),
  };
  const table = bench.output(limit * columns);
  const ids = bench.integers(new Uint32Array(limit * k).fill(7));
  const values = bench.output(limit * k);
  await bench.run(
    (recorder, context) => {
      nearestDocuments(recorder, context, shape, views, variant);
      matmul(recorder, context, {
        rows: shape.rows,
        inner: fixedRows(dimension),
        columns,
        a: { view: views.queries, stride: dimension },
        b: { view: views.documents, stride: dimension, transposed: true },
        c: table,
        cStride: columns,
      });
      topK(recorder, context, { rows: shape.rows, columns, pitch: columns, k, scores: table, ids, values });
    },
    { QUERIES: live },
  );
  const wanted = reference(queries, documents, c);
  await bench.close('cosines', views.values, wanted.flatMap((of) => of.values), KERNEL_TOLERANCE.matmul.forward); // prettier-ignore
  const found = [...(await bench.integersOf(views.ids))];
  // Where products are exact, ties are those of the reference; elsewhere f32 sums may turn two neighbours round.
  if (levels !== undefined) expect(found.slice(0, live * k)).toEqual(wanted.flatMap((of) => of.ids));
  expect(found).toEqual([...(await bench.integersOf(ids))]);
  expect(bitsOf(await bench.read(views.values))).toEqual(bitsOf(await bench.read(values)));
  const maxima = await bench.read(views.best);
  expect(maxima.subarray(live * sizes.count).every((value) => value === CANARY)).toBe(true);
}

describe('the nearest documents, without a table of cosines', () => {
  const cases: Case[] = [
    { live: 1, limit: 1, columns: 1, dimension: 4, k: 1 },
    { live: 3, limit: 5, columns: 5, dimension: 12, k: 5 },
    { live: 17, limit: 33, columns: 65, dimension: 33, k: 3 },
    { live: 33, limit: 33, columns: 1001, dimension: 64, k: 10 },
    { live: 5, limit: 9, columns: 203, dimension: 8, k: 61, levels: 1 },
    { live: 18, limit: 18, columns: 700, dimension: 4, k: 17, levels: 2 },
  ];
  const variants: NearestVariant[] = ['quads', 'tiled64', 'tiled32', 'tiled16'];
  for (const variant of variants) {
    for (const c of cases) {
      const ties = c.levels === undefined ? '' : ', with ties';
      testKernel(
        `${variant}: ${c.k} of ${c.columns} × ${c.dimension}, ${c.live} of ${c.limit} queries${ties}`,
        (bench) => check(bench, c, variant),
      );
    }
  }
});
