import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';
import { normaliseRows } from './graph/vectors';
import { ExactIndex } from './search-index';

describe('ExactIndex', () => {
  it('ranks by cosine', () => {
    const random = new Random(3, 'graph');
    const dimension = 7;
    const vectors = normaliseRows(
      Float32Array.from({ length: 40 * dimension }, () => random.normal()),
      dimension,
    );
    const query = vectors.slice(5 * dimension, 6 * dimension);
    const cosine = (row: number): number =>
      query.reduce((sum, value, i) => sum + value * (vectors[row * dimension + i] ?? NaN), 0);
    const rows = Array.from({ length: 40 }, (_, row) => row).sort((a, b) => cosine(b) - cosine(a));
    const found = new ExactIndex(vectors, dimension).search(query, 10);
    expect([...found.ids]).toEqual(rows.slice(0, 10));
    expect(found.scores[3]).toBeCloseTo(cosine(rows[3] ?? -1), 6);
    expect(found.distances).toBe(40);
  });

  it('gives equal scores in the order of ids', () => {
    const index = new ExactIndex(Float32Array.of(0, 1, 1, 0, 0, 1, 1, 0), 2);
    expect([...index.search(Float32Array.of(1, 0), 4).ids]).toEqual([1, 3, 0, 2]);
    expect([...index.search(Float32Array.of(1, 0), 1).ids]).toEqual([1]);
  });

  it.each([
    ['k above N', [1, 0], 3],
    ['k of 0', [1, 0], 0],
    ['a fraction', [1, 0], 1.5],
    ['another length', [1, 0, 0], 1],
    ['NaN', [NaN, 0], 1],
  ])('refuses %s', (_, query, k) => {
    const index = new ExactIndex(Float32Array.of(0, 1, 1, 0), 2);
    expect(() => index.search(Float32Array.from(query), k)).toThrow(InputError);
  });

  it.each([
    ['no rows', [], 2],
    ['a broken row', [1, 0, 1], 2],
    ['a row that is not normalised', [1, 1], 2],
    ['a row that is not finite', [NaN, 0], 2],
    ['a dimension of 0', [1], 0],
  ])('refuses %s', (_, vectors, dimension) => {
    expect(() => new ExactIndex(Float32Array.from(vectors), dimension)).toThrow(InputError);
  });
});
