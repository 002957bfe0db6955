import { expect, it } from 'vitest';
import { planStages, totalSteps } from './stages';

const session = (pretrain: number, sft: number, grpo: number) => ({
  pretrain: { steps: pretrain },
  sft: { steps: sft },
  grpo: { steps: grpo },
});

it('stages follow each other without a gap; one without steps is left out', () => {
  expect(planStages(session(3, 5, 2))).toEqual([
    { stage: 'pretrain', firstStep: 1, steps: 3 },
    { stage: 'sft', firstStep: 4, steps: 5 },
    { stage: 'grpo', firstStep: 9, steps: 2 },
  ]);
  expect(planStages(session(3, 0, 2))).toEqual([
    { stage: 'pretrain', firstStep: 1, steps: 3 },
    { stage: 'grpo', firstStep: 4, steps: 2 },
  ]);
  expect(planStages(session(0, 0, 0))).toEqual([]);
  expect([totalSteps(session(3, 5, 2)), totalSteps(session(0, 0, 0))]).toEqual([10, 0]);
});
