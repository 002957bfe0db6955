import { expect, test } from 'vitest';
import { capacity } from './capacity';

test('what a device holds grows with its memory, shrinks with the batch, and always fits', () => {
  const [small, large] = [capacity(2 ** 28, 1024)!, capacity(2 ** 31, 1024)!];
  expect(large.parameters).toBeGreaterThan(small.parameters);
  for (const found of [small, large]) expect(found.bytes).toBeLessThanOrEqual(found === small ? 2 ** 28 : 2 ** 31);
  // Weights, gradients and two moments, and what tokens leave.
  expect(large.bytes).toBeGreaterThan(16 * large.parameters);
  expect(capacity(2 ** 31, 16_384)!.parameters).toBeLessThan(large.parameters);
  expect(capacity(1000, 1024)).toBeNull();
});
