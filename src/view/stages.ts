import type { Stage } from '../records/records';

export const STAGE_LABELS: Readonly<Record<Stage, { short: string; long: string; doing: string }>> = {
  pretrain: { short: 'Stage 0: facts', long: 'Stage 0', doing: 'learning the facts, word by word' },
  sft: { short: 'Stage 1: supervised', long: 'Stage 1', doing: 'learning to write its reasoning and to embed' },
  grpo: {
    short: 'Stage 2: reinforcement',
    long: 'Stage 2',
    doing: 'trying answers and keeping what finds the document',
  },
};

export interface StagePlan {
  stage: Stage;
  firstStep: number;
  steps: number;
}

/** The stage that a step belongs to, and its number within it, from 1. */
export function placeOf(stages: readonly StagePlan[], step: number): { plan: StagePlan; update: number } | undefined {
  const plan = stages.findLast(({ firstStep, steps }) => steps > 0 && step >= firstStep);
  return plan && { plan, update: Math.min(plan.steps, step - plan.firstStep + 1) };
}
