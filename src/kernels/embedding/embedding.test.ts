import { describe, expect, it } from 'vitest';
import { embeddingBackward, embeddingForward } from './embedding.reference';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals } from '../reference/test-data';

describe('embedding reference', () => {
  const width = 5;
  const table = normals(7 * width, 1);
  const ids = [3, 0, 6, 3, 3];

  it('takes the rows of its ids', () => {
    const y = embeddingForward(table, ids, width);
    expect([...y.subarray(2 * width, 3 * width)]).toEqual([...table.subarray(6 * width)]);
  });

  it('has the gradient of finite differences, ids repeating', () => {
    const dy = normals(ids.length * width, 2);
    const dtable = embeddingBackward(dy, ids, 7, width);
    assertGradient('dtable', () => weigh(embeddingForward(table, ids, width), dy), table, dtable);
    expect([...dtable.subarray(width, 2 * width)]).toEqual([0, 0, 0, 0, 0]);
  });
});
