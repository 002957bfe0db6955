import { expect, it } from 'vitest';
import { readings } from './objective';

it("a step's line holds its loss, the losses of all objectives in their order, and then what else they measured", () => {
  const line = readings([
    { parts: [1, 0.1], losses: { 'loss/policy': 1, kl: 5 }, others: { entropy: 2 } },
    { parts: [0.2], losses: { 'loss/replay': 4 } },
  ]);
  // Added up from the left: another order would round differently.
  expect(Object.entries(line)).toEqual([
    ['loss', 1 + 0.1 + 0.2],
    ['loss/policy', 1],
    ['kl', 5],
    ['loss/replay', 4],
    ['entropy', 2],
  ]);
});
