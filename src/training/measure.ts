import { withValue } from '../config/edit-session';
import type { Session } from '../config/session';
import { planStages, STAGES } from '../config/stages';
import type { Gpu } from '../gpu/gpu';
import type { SessionSpeed, StageName, StageSpeed } from '../records/records';
import type { SessionData } from './base';
import { SessionRun } from './session-run';
import { SILENT } from './silent';

/** Milliseconds for measuring all stages together, compiling left out. */
const BUDGET_MS = 1000;
/**
 * Measures how long a session's own steps take on this device: some steps of each stage run for about a second in all,
 * at least one, on weights as they are drawn, and are thrown away. Stage 2 writes completions of the full length, so
 * that its time is the longest it may take. An evaluation is timed after the last stage's steps, with reasoning of the
 * full length too. What a stage does before its first step is left out.
 * @param isCancelled called between steps.
 * @returns null where it was cancelled.
 * @throws what running the session would.
 */
export async function measureSession(
  gpu: Gpu,
  session: Session,
  { files, base }: SessionData,
  isCancelled: () => boolean,
): Promise<SessionSpeed | null> {
  const plan = planStages(session);
  const stages: StageSpeed[] = [];
  let evaluation = 0;
  for (const { stage } of plan) {
    const run = new SessionRun(gpu, aloneForMeasure(session, stage), SILENT, files, [], base);
    try {
      await run.load();
      const times: number[] = [];
      // The first step compiles, and shows how long the others take.
      await run.advance(1);
      const end = performance.now() + BUDGET_MS / plan.length;
      do {
        // A message to cancel is only received between two tasks.
        await new Promise((resolve) => setTimeout(resolve));
        if (isCancelled()) return null;
        await run.advance(1);
        times.push(run.stepMilliseconds);
      } while (performance.now() < end && times.length < MOST_STEPS);
      stages.push({ stage, milliseconds: times.sort((a, b) => a - b)[times.length >> 1]! });
      if (stages.length === plan.length && !isCancelled()) evaluation = await evaluationTime(run);
    } finally {
      run.destroy();
    }
  }
  return { stages, evaluation };
}

/**
 * Milliseconds of an evaluation of one split; where the first run, which compiles, was short, a second one is timed
 * instead.
 */
async function evaluationTime(run: SessionRun): Promise<number> {
  const time = async (): Promise<number> => {
    const start = performance.now();
    await run.finalEvaluation();
    // Of both splits.
    return (performance.now() - start) / 2;
  };
  const first = await time();
  return first > BUDGET_MS ? first : time();
}

/**
 * The most steps that are run of a stage: stage 2 stops with an error after too many updates without an embed token,
 * and the others need no more steps either.
 */
const MOST_STEPS = 16;

/** The session with only one stage, and enough steps of it that its end is not reached. */
export function aloneForMeasure(session: Session, stage: StageName): Session {
  const steps = (of: StageName) => (of === stage ? Math.max(session[of].steps, MOST_STEPS + 2) : 0);
  const only = STAGES.reduce((own, of) => withValue(own, `${of}.steps`, steps(of)), session);
  const { sft, grpo, evaluation, checkpoint } = only;
  return {
    ...only,
    // A teacher reads for minutes before the first step, and takes no time of a step that could be seen.
    sft: { ...sft, teacher: { sha256: '', name: '', from: '' }, weight_distil: 0 },
    // The gate asks for a model that was trained.
    grpo: { ...grpo, gate: false },
    // As many queries as on the way.
    evaluation: { ...evaluation, every: 0, final_queries_per_depth: evaluation.queries_per_depth },
    checkpoint: { ...checkpoint, every: 0 },
  };
}
