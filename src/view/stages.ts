import type { StagePlan } from '../config/stages';

/** The stage that a step belongs to, and its number within it, from 1. */
export function placeOf(stages: readonly StagePlan[], step: number): { plan: StagePlan; update: number } | undefined {
  const plan = stages.findLast(({ firstStep, steps }) => steps > 0 && step >= firstStep);
  return plan && { plan, update: Math.min(plan.steps, step - plan.firstStep + 1) };
}
