/**
 * The stages of a session, in the order in which they run: the one list that plans, schemas, totals and labels read. A stage
 * has the name of its group of settings.
 */
export const STAGES = ['pretrain', 'sft', 'grpo'] as const;
export type Stage = (typeof STAGES)[number];

interface StageLabel {
  /** `Stage 0` */
  long: string;
  /** `facts` */
  kind: string;
  /** Both: `Stage 0: facts`. */
  short: string;
  /** What the model is doing in it. */
  doing: string;
}
const label = (long: string, kind: string, doing: string): StageLabel => ({
  long,
  kind,
  short: `${long}: ${kind}`,
  doing,
});

export const STAGE_LABELS: Readonly<Record<Stage, StageLabel>> = {
  pretrain: label('Stage 0', 'facts', 'learning the facts, word by word'),
  sft: label('Stage 1', 'supervised', 'learning to write its reasoning and to embed'),
  grpo: label('Stage 2', 'reinforcement', 'trying answers and keeping what finds the document'),
};

export interface StagePlan {
  stage: Stage;
  /** Counts from 1 across all stages. */
  firstStep: number;
  steps: number;
}

/** The part of a session that says how many steps each stage has. */
type Steps = Readonly<Record<Stage, { readonly steps: number }>>;

/** The stages that have steps, one after the other. */
export function planStages(session: Steps): StagePlan[] {
  let firstStep = 1;
  return STAGES.flatMap((stage) => {
    const { steps } = session[stage];
    if (steps === 0) return [];
    const plan = { stage, firstStep, steps };
    firstStep += steps;
    return [plan];
  });
}

/** Steps of all stages together. */
export const totalSteps = (session: Steps): number => STAGES.reduce((sum, stage) => sum + session[stage].steps, 0);
