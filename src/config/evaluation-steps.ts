import type { Session } from './session';

/**
 * Steps after which a session evaluates on its way, ascending: every `evaluation.every` and at the end of a stage, never
 * before stage 1, because nothing was trained to embed until then. The evaluation at the end of the run comes on top.
 */
export function evaluationSteps({ pretrain, sft, grpo, evaluation: { every } }: Session): number[] {
  const steps = new Set<number>();
  const total = pretrain.steps + sft.steps + grpo.steps;
  if (every > 0) for (let step = every; step <= total; step += every) if (step > pretrain.steps) steps.add(step);
  if (sft.steps > 0) steps.add(pretrain.steps + sft.steps);
  if (grpo.steps > 0) steps.add(total);
  return [...steps].sort((a, b) => a - b);
}
