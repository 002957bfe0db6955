import { expect, test } from 'vitest';
import { capacity } from './capacity';

test('what a device holds grows with its memory, shrinks with the batch, and always fits', () => {
  const [small, large] = [capacity(2 ** 28, 1024, 'keep')!, capacity(2 ** 31, 1024, 'keep')!];
  expect(large.parameters).toBeGreaterThan(small.parameters);
  for (const found of [small, large]) expect(found.bytes).toBeLessThanOrEqual(found === small ? 2 ** 28 : 2 ** 31);
  // Bytes of weights, gradients and two moments, and of what tokens leave.
  expect(large.bytes).toBeGreaterThan(16 * large.parameters);
  expect(capacity(2 ** 31, 16_384, 'keep')!.parameters).toBeLessThan(large.parameters);
  expect(capacity(1000, 1024, 'keep')).toBeNull();
});

test('a device holds a larger model where activations are computed again, the more tokens the larger', () => {
  const times = [1024, 16_384].map((tokens) => {
    const [keep, again] = [capacity(2 ** 30, tokens, 'keep')!, capacity(2 ** 30, tokens, 'recompute')!];
    expect(again.bytes).toBeLessThanOrEqual(2 ** 30);
    return again.parameters / keep.parameters;
  });
  expect(times[0]).toBeGreaterThan(1);
  expect(times[1]).toBeGreaterThan(times[0]!);
});
