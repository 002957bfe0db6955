import { describe, expect, it } from 'vitest';
import { partsOf, partTokens } from './batch-parts';
import { floatsAt, placesIn, rowsIn } from './rows-in';

const batch = [[1, 2, 3], [4], [5, 6], [7, 8, 9, 10], [11]];

describe('the parts of a batch', () => {
  it('hold every sequence once, in order, and no more tokens than a part may', () => {
    for (const most of [4, 5, 7, 11, 20]) {
      const parts = partsOf(batch, most);
      expect(parts.flatMap(({ sequences }) => sequences)).toEqual(batch);
      let row = 0;
      for (const { start, end, sequences } of parts) {
        expect(start).toBe(row);
        expect(end - start).toBe(sequences.flat().length);
        expect(end - start).toBeLessThanOrEqual(most);
        row = end;
      }
      expect(row).toBe(batch.flat().length);
    }
    expect(partsOf(batch, 4).map(({ sequences }) => sequences.length)).toEqual([2, 1, 1, 1]);
    expect(partsOf(batch, 11)).toHaveLength(1);
    expect(partsOf([], 4)).toEqual([]);
  });

  it('keep a sequence that is too long by itself, for whoever computes it to refuse', () => {
    expect(partsOf(batch, 3).map(({ sequences }) => sequences)).toEqual([[[1, 2, 3]], [[4], [5, 6]], [[7, 8, 9, 10]], [[11]]]); // prettier-ignore
  });

  it('are as many as were asked for, but never cut a sequence', () => {
    expect([1, 2, 3, 4, 100].map((parts) => partTokens(100, 30, parts))).toEqual([100, 50, 34, 30, 30]);
    expect(partTokens(20, 30, 2)).toBe(20);
  });

  it('know which rows are theirs, counted from their own first', () => {
    const rows = Uint32Array.of(9, 0, 5, 3, 6);
    const [part] = partsOf(batch, 6).slice(1);
    expect(part).toMatchObject({ start: 6, end: 11 });
    const places = placesIn(rows, part!);
    expect([...places]).toEqual([0, 4]);
    expect([...rowsIn(rows, places, part!)]).toEqual([3, 0]);
    expect([...floatsAt(Float32Array.of(1, 2, 3, 4, 5), places)]).toEqual([1, 5]);
    expect([...rowsIn(rows, placesIn(rows, null), null)]).toEqual([...rows]);
  });
});
