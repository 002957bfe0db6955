import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EntryTable } from './entry-table';
import { dot } from './vectors';

it('gives the bits of one dot product after the other, whatever the dimension and the number of entries', () => {
  const value = fc.float({ noNaN: true, min: -1, max: 1 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 23 }).chain((dimension) =>
        fc.record({
          dimension: fc.constant(dimension),
          rows: fc.array(fc.array(value, { minLength: dimension, maxLength: dimension }), {
            minLength: 2,
            maxLength: 11,
          }),
        }),
      ),
      ({ dimension, rows }) => {
        const vectors = Float32Array.from(rows.flat());
        // All but the first, the last one twice.
        const entries = Int32Array.from([...rows.keys()].slice(1).concat(rows.length - 1));
        const table = new EntryTable(vectors, dimension, entries);
        for (const [first, second] of [
          [0, 1],
          [1, 0],
        ] as const) {
          table.compare(first, second);
          [first, second].forEach((row, i) => {
            const cosines = [...table.cosines[i]!].slice(0, entries.length);
            expect(cosines).toEqual(
              Array.from(entries, (entry) => dot(vectors, entry * dimension, vectors, row * dimension, dimension)),
            );
          });
        }
      },
    ),
  );
});
