import type { Session } from './session';
import { planStages, totalSteps } from './stages';

/**
 * Steps after which a session evaluates on its way, ascending: every `evaluation.every` and at the end of a stage, never
 * before stage 1, because nothing was trained to embed until then. The evaluation at the end of the run comes on top.
 */
export function evaluationSteps(session: Session): number[] {
  const { pretrain, evaluation } = session;
  const steps = new Set<number>();
  const total = totalSteps(session);
  const { every } = evaluation;
  if (every > 0) for (let step = every; step <= total; step += every) if (step > pretrain.steps) steps.add(step);
  for (const { stage, firstStep, steps: own } of planStages(session)) {
    if (stage !== 'pretrain') steps.add(firstStep + own - 1);
  }
  return [...steps].sort((a, b) => a - b);
}
