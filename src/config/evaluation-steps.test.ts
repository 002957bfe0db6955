import { expect, test } from 'vitest';
import { evaluationSteps } from './evaluation-steps';
import { parseSession } from './parse-session';
import { presetSession } from './presets';

test('kin-quick evaluates first in stage 1, not where its period falls into stage 0', () => {
  const steps = evaluationSteps(presetSession('kin-quick')!);
  expect(steps[0]).toBe(210);
  expect(steps).toEqual([210, 240, 270, 300, 330, 360, 390, 420, 450, 480]);
});

test('the end of each stage is evaluated whatever the period', () => {
  const session = (every: number) =>
    parseSession({ pretrain: { steps: 10 }, sft: { steps: 7 }, grpo: { steps: 5 }, evaluation: { every } });
  expect(evaluationSteps(session(0))).toEqual([17, 22]);
  expect(evaluationSteps(session(8))).toEqual([16, 17, 22]);
});
