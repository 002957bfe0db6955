import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import { sha256 } from '../../lib/hash';
import { Random } from '../../lib/philox';
import { ExactIndex } from '../search-index';
import { GraphIndex } from './graph-index';
import { normaliseRows } from './vectors';

const D = 16;

/** Rows around `clusters` centres; one cluster and a large spread is close to isotropic. */
function corpus(rows: number, seed: number, clusters = 20, spread = 0.7): Float32Array {
  const centres = new Random(99, 'graph');
  const middle = Array.from({ length: clusters * D }, () => centres.normal() / Math.sqrt(D));
  const random = new Random(seed, 'graph');
  const vectors = new Float32Array(rows * D);
  for (let row = 0; row < rows; row++) {
    const centre = random.integer(clusters) * D;
    for (let i = 0; i < D; i++) {
      vectors[row * D + i] = (middle[centre + i] ?? 0) + (spread / Math.sqrt(D)) * random.normal();
    }
  }
  return normaliseRows(vectors, D);
}

function recall(index: GraphIndex, vectors: Float32Array, queries: Float32Array): number {
  const exact = new ExactIndex(vectors, D);
  let hits = 0;
  for (let start = 0; start < queries.length; start += D) {
    const query = queries.subarray(start, start + D);
    const wanted = exact.search(query, 10).ids;
    hits += index.search(query, 10).ids.filter((id) => wanted.includes(id)).length;
  }
  return hits / (queries.length / D) / 10;
}

function move(vectors: Float32Array, row: number, noise: number, random: Random): void {
  const moved = vectors.subarray(row * D, (row + 1) * D);
  for (let i = 0; i < D; i++) moved[i] = (moved[i] ?? 0) + (noise / Math.sqrt(D)) * random.normal();
  normaliseRows(moved, D);
}

/** Of all out-edges in their order, with m 6. */
function hashOf(index: GraphIndex): string {
  const { neighbours, counts } = index.state();
  const lists = Array.from(counts, (count, node) => neighbours.slice(node * 12, node * 12 + count).join(' '));
  return sha256(lists.join('\n')).slice(0, 12);
}

describe('GraphIndex', () => {
  it('finds what brute force finds, with a part of the distances', () => {
    const vectors = corpus(2000, 1);
    const index = GraphIndex.build(vectors, D);
    expect(recall(index, vectors, corpus(100, 2))).toBeGreaterThan(0.98);
    const { distances, hops } = index.search(corpus(1, 3), 10);
    expect(distances).toBeLessThan(1200);
    expect(hops).toBeGreaterThan(0);
    expect(index.checkIntegrity()).toMatchObject({ ok: true, problems: [], unreachable: 0 });
  });

  it('is the graph that it was, edge for edge, when cosines were computed again for each rule', () => {
    const vectors = corpus(1500, 4, 8);
    const index = GraphIndex.build(vectors, D, { m: 6, ef_construction: 40 }, 3);
    expect(hashOf(index)).toBe('b99f3463a275');
    const random = new Random(5, 'evaluation');
    const moved = Array.from({ length: 200 }, () => random.integer(index.size));
    for (const row of moved) move(vectors, row, 0.3, random);
    index.repair(moved);
    expect(hashOf(index)).toBe('8bbd09183ea5');
  });

  it('gives scores like the exact index, and the path only where asked', () => {
    const vectors = corpus(300, 1);
    const index = GraphIndex.build(vectors, D);
    const query = corpus(1, 5);
    const found = index.search(query, 5, { path: true });
    const exact = new ExactIndex(vectors, D).search(query, 5);
    expect([...found.ids]).toEqual([...exact.ids]);
    expect([...found.scores]).toEqual([...exact.scores]);
    expect(found.path).toHaveLength(found.hops);
    expect(new Set(found.path).size).toBe(found.hops);
    expect([...(found.path ?? [])]).toEqual(expect.arrayContaining([...found.ids]));
    expect(index.search(query, 5).path).toBeUndefined();
  });

  it('returns k results for every k up to N', () => {
    const vectors = corpus(60, 4);
    const index = GraphIndex.build(vectors, D, { ef: 4 });
    for (const k of [1, 5, 59, 60]) expect(new Set(index.search(corpus(1, 8), k).ids).size).toBe(k);
    expect(() => index.search(corpus(1, 8), 61)).toThrow(InputError);
  });

  it('is the same graph for the same seed', () => {
    const vectors = corpus(500, 1);
    expect(GraphIndex.build(vectors, D, {}, 3).state()).toEqual(GraphIndex.build(vectors, D, {}, 3).state());
    expect(GraphIndex.build(vectors, D, {}, 3).state()).not.toEqual(GraphIndex.build(vectors, D, {}, 4).state());
  });

  it('stands tiny corpora and duplicates', () => {
    const one = GraphIndex.build(Float32Array.of(1, 0), 2);
    expect([...one.search(Float32Array.of(0, 1), 1).ids]).toEqual([0]);
    expect(one.repair([0])).toEqual({ added: [], removed: [] });
    const same = GraphIndex.build(
      new Float32Array(200 * 2).map((_, i) => (i % 2 === 0 ? 1 : 0)),
      2,
      { m: 2 },
    );
    expect(same.checkIntegrity().problems).toEqual([]);
    expect(new Set(same.search(Float32Array.of(1, 0), 200).ids).size).toBe(200);
  });

  it('keeps its promises and its recall through 1,000 random repairs', () => {
    const vectors = corpus(1000, 1);
    const index = GraphIndex.build(vectors, D, { m: 8 });
    const random = new Random(7, 'evaluation');
    for (let round = 0; round < 100; round++) {
      const nodes = Array.from({ length: 10 }, () => random.integer(1000));
      for (const node of nodes) move(vectors, node, round % 3 === 0 ? 2 : 0.1, random);
      index.repair(nodes);
      if (round % 20 === 19) expect(index.checkIntegrity().problems).toEqual([]);
    }
    expect(recall(index, vectors, corpus(100, 2))).toBeGreaterThan(0.97);
  });

  it('finds a moved document again only once it was repaired', () => {
    const vectors = corpus(1500, 1, 40, 0.3);
    const index = GraphIndex.build(vectors, D, { m: 8, ef_construction: 64, ef: 10 });
    const missed = (): number => {
      let count = 0;
      for (let node = 0; node < 200; node++) {
        const query = vectors.slice(node * D, (node + 1) * D);
        if (index.search(query, 1).ids[0] !== node) count++;
      }
      return count;
    };
    vectors.set(corpus(200, 77, 40, 0.3));
    const before = missed();
    index.repair(Array.from({ length: 200 }, (_, node) => node));
    expect(before).toBeGreaterThan(100);
    expect(missed()).toBeLessThan(10);
  });

  it('holds integrity for any corpus, settings and repairs, and tells exactly the edges that changed', () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 1, max: 80 }),
          clusters: fc.integer({ min: 1, max: 8 }),
          spread: fc.constantFrom(0.001, 0.3, 3),
          m: fc.integer({ min: 2, max: 5 }),
          ef_construction: fc.integer({ min: 1, max: 20 }),
          alpha: fc.constantFrom(1, 1.2, 2),
          entry_factor: fc.constantFrom(0, 1, 2),
          seed: fc.nat(1000),
        }),
        fc.array(fc.array(fc.nat(1000), { maxLength: 10 }), { maxLength: 6 }),
        fc.constantFrom(0, 0.1, 5),
        ({ rows, clusters, spread, seed, ...settings }, repairs, noise) => {
          const vectors = corpus(rows, seed, clusters, spread);
          const index = GraphIndex.build(vectors, D, settings, seed);
          const random = new Random(seed, 'evaluation');
          for (const picks of repairs) {
            const nodes = picks.map((pick) => pick % rows);
            for (const node of nodes) move(vectors, node, noise, random);
            const edges = edgesOf(index);
            const { added, removed } = index.repair(nodes);
            for (const edge of removed) expect(edges.delete(edge.join())).toBe(true);
            for (const edge of added) expect(edges.has(edge.join())).toBe(false);
            for (const edge of added) edges.add(edge.join());
            expect(edges).toEqual(edgesOf(index));
            expect(index.checkIntegrity().problems).toEqual([]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('resumes exactly', () => {
    const vectors = corpus(300, 1);
    const index = GraphIndex.build(vectors, D, { m: 6 });
    const copied = vectors.slice();
    const resumed = GraphIndex.restore(copied, D, { m: 6 }, index.state());
    for (const copy of [vectors, copied]) move(copy, 17, 1, new Random(1, 'evaluation'));
    expect(resumed.repair([17])).toEqual(index.repair([17]));
    expect(resumed.state()).toEqual(index.state());
  });

  it('refuses bad settings, ids and states', () => {
    const vectors = corpus(50, 1);
    expect(() => GraphIndex.build(vectors, D, { m: 1 })).toThrow(/graph\.m/);
    expect(() => GraphIndex.build(vectors, D, { alpha: 0.5 })).toThrow(/graph\.alpha/);
    expect(() => GraphIndex.build(vectors, D, { entry_factor: -1 })).toThrow(/graph\.entry_factor/);
    const index = GraphIndex.build(vectors, D);
    expect(() => index.repair([50])).toThrow(InputError);
    expect(() => index.repair([0.5])).toThrow(InputError);
    const state = index.state();
    expect(() => GraphIndex.restore(corpus(49, 1), D, {}, state)).toThrow(InputError);
    expect(() => GraphIndex.restore(vectors, D, {}, { ...state, entries: Int32Array.of(50) })).toThrow(InputError);
    expect(() => GraphIndex.restore(vectors, D, {}, { ...state, counts: new Int32Array(50) })).toThrow(/reached/);
  });
});

function edgesOf(index: GraphIndex): Set<string> {
  const edges = new Set<string>();
  for (let node = 0; node < index.size; node++) {
    for (const to of index.adjacency.of(node)) edges.add(`${node},${to}`);
  }
  return edges;
}
