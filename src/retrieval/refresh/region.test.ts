import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRegion, contested, type Interest } from './region';
import { Staleness } from './staleness';

/** Unit vectors in a plane at these angles, (n, 2). */
const fan = (angles: readonly number[]): Float32Array =>
  Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));

/** A search for angle 0 that found every document. */
function search(vectors: Float32Array, relevant: Interest['relevant']): Interest {
  const scores = Array.from({ length: vectors.length / 2 }, (_, i) => vectors[2 * i]!);
  const ids = Int32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
  return {
    embedding: Float32Array.of(1, 0),
    relevant,
    found: { ids, scores: Float32Array.from(ids, (id) => scores[id]!) },
  };
}

describe('contested', () => {
  it('weighs what a swap would change by how likely the drift makes it, and shares it by drift', () => {
    // The relevant document lies second; the first is close, the third far.
    const vectors = fan([0.5, 0.49, 1.4]);
    const staleness = new Staleness(3, 0);
    staleness.noteEncoded(Int32Array.of(0, 1, 2), [0.3, 0.1, 0.1], 10);
    const doubts = contested([search(vectors, [{ document: 0, grade: 2 }])], vectors, staleness, 20);
    const variance = (rate: number): number => 0.25 ** 2 * rate * 10;
    const doubt = (other: number, rank: number): number => {
      const gap = vectors[2 * other]! - vectors[0]!;
      const change = 2 * Math.abs(1 / Math.log2(1 + rank) - 1 / Math.log2(3));
      return change * Math.exp(-(gap ** 2) / (2 * (variance(0.03) + variance(0.01))));
    };
    expect(doubts.get(1)).toBeCloseTo(doubt(1, 1) / 4, 12);
    expect(doubts.get(2)).toBeCloseTo(doubt(2, 3) / 4, 12);
    expect(doubts.get(0)).toBeCloseTo(((doubt(1, 1) + doubt(2, 3)) * 3) / 4, 12);
    expect(doubts.get(1)).toBeGreaterThan(doubts.get(2)!);
  });

  it('doubts nothing that is fresh, and nothing where no document is relevant', () => {
    const vectors = fan([0, 0.1, 0.2]);
    const staleness = new Staleness(3, 0);
    staleness.noteEncoded(Int32Array.of(0, 2), [0.1, 0.1], 5);
    const doubts = contested([search(vectors, [{ document: 0, grade: 1 }])], vectors, staleness, 5);
    expect(doubts.get(0)).toBe(0);
    expect(doubts.get(1)).toBeGreaterThan(0);
    expect(doubts.has(2)).toBe(false);
    expect(contested([search(vectors, [{ document: 0, grade: 0 }])], vectors, staleness, 5).size).toBe(0);
    expect(contested([search(vectors, [])], vectors, staleness, 5).size).toBe(0);
  });

  it('knows a relevant document that was not found by its vector', () => {
    const vectors = fan([0, 0.1, 0.2, 0.3]);
    const staleness = new Staleness(4, 0);
    const { embedding, found } = search(vectors, []);
    const three = { ids: found.ids.slice(0, 3), scores: found.scores.slice(0, 3) };
    const doubts = contested(
      [{ embedding, relevant: [{ document: 3, grade: 1 }], found: three }],
      vectors,
      staleness,
      1,
    );
    expect([...doubts.keys()].sort()).toEqual([0, 1, 2, 3]);
    expect(doubts.get(3)).toBeGreaterThan(doubts.get(2)!);
  });
});

describe('chooseRegion', () => {
  const settings = { budget: 0.1, oldest_share: 0.4 };

  it('gives its shares to the most doubtful and to the oldest', () => {
    const staleness = new Staleness(100, 0);
    // All but the documents from 90 on are younger.
    staleness.noteEncoded(
      Int32Array.from({ length: 90 }, (_, i) => i),
      new Float64Array(90).fill(0.01),
      5,
    );
    const doubts = new Map([40, 41, 42, 43, 44, 45, 46].map((document) => [document, document / 100] as const));
    expect([...chooseRegion(doubts, staleness, settings, 10)]).toEqual([41, 42, 43, 44, 45, 46, 90, 91, 92, 93]);
    const few = chooseRegion(new Map([[45, 0.1]]), staleness, settings, 10);
    expect([...few]).toEqual([45, 90, 91, 92, 93, 94, 95, 96, 97, 98]);
  });

  it('never exceeds the budget, repeats a document or takes a fresh one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(1000), { maxLength: 30 }),
        (size, budget, oldest_share, searches, fresh) => {
          const vectors = fan(Array.from({ length: size }, (_, i) => i / 10));
          const staleness = new Staleness(size, 0);
          const young = Int32Array.from(new Set(fresh.map((f) => f % size)));
          staleness.noteEncoded(young, new Float64Array(young.length), 3);
          const interests = searches.map((wanted) => search(vectors, [{ document: wanted % size, grade: 1 }]));
          const doubts = contested(interests, vectors, staleness, 3);
          const chosen = chooseRegion(doubts, staleness, { budget, oldest_share }, 3);
          const allowed = Math.max(1, Math.round(budget * size));
          expect(chosen.length).toBe(Math.min(allowed, size - young.length));
          expect(new Set(chosen).size).toBe(chosen.length);
          for (const document of chosen) expect(young).not.toContain(document);
        },
      ),
    );
  });
});
