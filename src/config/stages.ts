/**
 * The stages of a session, in the order in which they run: the one list that plans, schemas, totals and labels read. A stage
 * has the name of its group of settings.
 */
export const STAGES = ['pretrain', 'sft', 'grpo'] as const;
export type StageName = (typeof STAGES)[number];

interface StageLabel {
  /** `Stage 0` */
  long: string;
  /** `facts` */
  kind: string;
  /** Number and name together: `Stage 0: facts`. */
  short: string;
  /** What the model does in the stage, for the page. */
  doing: string;
}
const label = (long: string, kind: string, doing: string): StageLabel => ({
  long,
  kind,
  short: `${long}: ${kind}`,
  doing,
});

export const STAGE_LABELS: Readonly<Record<StageName, StageLabel>> = {
  pretrain: label('Stage 0', 'facts', 'learning the facts, word by word'),
  sft: label('Stage 1', 'supervised', 'learning to write its reasoning and to embed'),
  grpo: label('Stage 2', 'reinforcement', 'trying answers and keeping what finds the document'),
};

export interface StagePlan {
  stage: StageName;
  /** Counts from 1 across all stages. */
  firstStep: number;
  steps: number;
}

/** The part of a session that says how many steps each stage has. */
type Steps = Readonly<Record<StageName, { readonly steps: number }>>;

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

/** The stage that a step belongs to, and its number within it, from 1. */
export function placeOf(stages: readonly StagePlan[], step: number): { plan: StagePlan; step: number } | undefined {
  const plan = stages.findLast(({ firstStep, steps }) => steps > 0 && step >= firstStep);
  return plan && { plan, step: Math.min(plan.steps, step - plan.firstStep + 1) };
}

/**
 * The place of a step in its run and in its stage: `step 212 of 480 · stage 1, step 2 of 270`. Steps of a stage are
 * always shown in this form; a step alone is one of the run. In a run of one stage, both numbers are the same.
 */
export function stepWords(stages: readonly StagePlan[], step: number): string {
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  const whole = `step ${number(step)} of ${number(total)}`;
  const place = placeOf(stages, step);
  if (!place || stages.length < 2) return whole;
  const stage = STAGE_LABELS[place.plan.stage].long.toLowerCase();
  return `${whole} · ${stage}, step ${number(place.step)} of ${number(place.plan.steps)}`;
}

const number = (value: number): string => value.toLocaleString('en');
