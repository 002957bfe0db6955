import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestPassages, passageSpans } from './passages';

describe('passages', () => {
  it('cover every token, overlap by a quarter at least, and are no more than that needs', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), fc.integer({ min: 1, max: 70 }), (length, window) => {
        const spans = passageSpans(length, window);
        expect(spans[0]![0]).toBe(0);
        expect(spans.at(-1)![1]).toBe(length);
        if (spans.length > 1) for (const [from, to] of spans) expect(to - from).toBe(window);
        const overlap = window - Math.max(1, Math.floor(window * 0.75));
        for (let i = 1; i < spans.length; i++) {
          expect(spans[i - 1]![1] - spans[i]![0]).toBeGreaterThanOrEqual(overlap);
          expect(spans[i]![0]).toBeGreaterThan(spans[i - 1]![0]);
        }
        expect(window + (spans.length - 2) * (window - overlap)).toBeLessThan(Math.max(length, window + 1));
      }),
    );
  });

  it('score as the best of their document', () => {
    const owners = Int32Array.from([0, 0, 1, 2, 2]);
    expect([...bestPassages(Float32Array.from([0.25, 0.5, -1, 0.75, 0.125]), owners)]).toEqual([0.5, -1, 0.75]);
    expect(bestPassages(new Float32Array(0), new Int32Array(0))).toHaveLength(0);
  });
});
