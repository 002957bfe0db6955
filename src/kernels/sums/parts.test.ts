import { describe, expect, it } from 'vitest';
import { mostParts, partCount, partLength } from './parts';

describe('parts of a sum', () => {
  it('are many for a small matrix, and one for a matrix that fills a GPU', () => {
    const shapes = [[48, 48], [64, 64], [192, 64], [128, 128], [256, 256], [2048, 512]] as const; // prettier-ignore
    expect(shapes.map(([rows, columns]) => mostParts(rows, columns))).toEqual([8, 8, 4, 4, 1, 1]);
  });

  it('hold everything once: whole steps of a shader, at least 64 but for the last', () => {
    for (const most of [1, 2, 8]) {
      for (const count of [0, 1, 63, 64, 65, 242, 900, 1031]) {
        const [length, parts] = [partLength(count, most), partCount(count, most)];
        expect(length % 16).toBe(0);
        expect(length).toBeGreaterThanOrEqual(64);
        expect(parts).toBeLessThanOrEqual(most);
        expect(parts * length).toBeGreaterThanOrEqual(count);
        expect(Math.max(0, parts - 1) * length).toBeLessThanOrEqual(count);
      }
    }
  });
});
