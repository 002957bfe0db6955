import { expect, it } from 'vitest';
import { uniforms } from '../kernels/reference/test-data';
import { rankIn } from './evaluate';

it('ranks a document among scores as sorting them would, ties to the lower row', () => {
  expect([0, 1, 2, 3, 4].map((document) => rankIn([0.5, 0.9, 0.5, 0.1, 0.5], document))).toEqual([2, 1, 3, 5, 4]);
  expect(rankIn([0], 0)).toBe(1);
  const scores = Float32Array.from(uniforms(60, 1), (u) => Math.round(u * 20) / 20);
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  expect(order.map((document) => rankIn(scores, document))).toEqual(order.map((_, i) => i + 1));
});
