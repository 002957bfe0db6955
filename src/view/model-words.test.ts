import { expect, test } from 'vitest';
import { dtypeLabel, fitSentence } from './model-words';

const plan = { weights: 500, adapters: 10, moments: 30, activations: 300, cache: 100, index: 60, total: 1000 };

test('a plan says whether it fits, and what would', () => {
  expect(fitSentence(plan, 1000, 8, 8, 8)).toBe('It fits.');
  expect(fitSentence(plan, 2000, 20, 8, 8)).toBe('It fits; a batch of up to 20 would.');
  expect(fitSentence(plan, 900, 6, 8, 8)).toBe('It does not fit; a batch of 6 would.');
  expect(fitSentence(plan, 510, 0, 8, 8)).toMatch(/not even with a batch of 1: take shorter texts, a smaller rank/);
  expect(fitSentence(plan, 900, 6, 8, 8, 2)).toBe('It does not fit; a batch of 6 would, or 8 in 2 micro-batches.');
  expect(fitSentence(plan, 900, 0, 8, 8, 8)).toBe('It does not fit; 8 in 8 micro-batches would.');
  expect(fitSentence(plan, 510, 0, 8, 0)).toBe('It does not fit, not even with a batch of 1: take shorter texts.');
  expect(fitSentence(plan, 400, 0, 8, 0)).toMatch(/its weights alone take more/);
});

test('dtypes are called as their files call them', () => {
  expect(['q8_0', 'q4_1', 'f16', 'bf16'].map(dtypeLabel)).toEqual(['Q8_0', 'Q4_1', 'f16', 'bf16']);
});
