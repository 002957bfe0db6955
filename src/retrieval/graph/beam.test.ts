import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Beam } from './beam';

describe('Beam', () => {
  it('keeps the best, by score and then id, whatever the order of insertion', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(500), fc.integer({ min: -4, max: 4 })), { selector: ([id]) => id }),
        fc.integer({ min: 1, max: 20 }),
        (nodes, capacity) => {
          const beam = new Beam(4);
          beam.reset(capacity);
          for (const [id, score] of nodes) beam.insert(id, score / 4);
          const best = [...nodes].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, capacity);
          expect([...beam.ids.subarray(0, beam.size)]).toEqual(best.map(([id]) => id));
          expect([...beam.scores.subarray(0, beam.size)]).toEqual(best.map(([, score]) => score / 4));
        },
      ),
    );
  });

  it('hands out the best node not yet handed out, also where a better one came in between', () => {
    const beam = new Beam(3);
    beam.reset(3);
    beam.insert(1, 0.1);
    beam.insert(2, 0.2);
    expect(beam.next()).toBe(2);
    beam.insert(3, 0.3);
    expect(beam.next()).toBe(3);
    expect(beam.insert(4, 0.05)).toBe(false);
    expect(beam.next()).toBe(1);
    expect(beam.next()).toBe(-1);
    beam.insert(5, 0.15);
    expect(beam.next()).toBe(5);
  });
});
