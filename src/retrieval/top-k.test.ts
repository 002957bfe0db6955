import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rankingFromScores } from './top-k';

it('is the head of a full stable sort, whatever the ties', () => {
  const scores = fc.array(fc.oneof(fc.constantFrom(0, 1, -1, Infinity, -Infinity, NaN), fc.float()), { maxLength: 60 });
  fc.assert(
    fc.property(scores, fc.nat(70), fc.boolean(), (list, topK, lastFirst) => {
      const values = Float32Array.from(list);
      const rank = (row: number): number => (Number.isNaN(values[row]!) ? 1 : 0);
      const ties = (a: number, b: number): number => (lastFirst ? b - a : a - b);
      const expected = list
        .map((_, row) => row)
        .sort(
          (a, b) =>
            rank(a) - rank(b) || (values[a]! === values[b]! || rank(a) === 1 ? ties(a, b) : values[b]! - values[a]!),
        );
      expect([...rankingFromScores(values, topK, lastFirst ? ties : undefined)]).toEqual(expected.slice(0, topK));
    }),
  );
});
