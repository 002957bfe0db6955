import { diffSession } from '../config/edit-session';
import { evaluationSteps } from '../config/evaluation-steps';
import type { Session } from '../config/session';
import { planStages, STAGES } from '../config/stages';
import type { SessionSpeed, StageName } from '../records/records';
import { CancelledError } from '../lib/errors';
import { askedSlice } from './asked';
import { lab } from './lab';
import { useSession } from './session';

/** A measurement on this device, and the session that it is of. */
export interface Measured {
  session: Session;
  speed: SessionSpeed;
}

/**
 * The measured speed of a session on this device. It is measured when the user asks for it, because opening a link
 * computes nothing; a figure from an earlier visit would be of another session, another browser or a busier machine.
 */
const measurements = askedSlice<Measured>();
export const useSpeed = measurements.use;

export async function measureSpeed(): Promise<void> {
  const { session } = useSession.getState();
  await measurements.ask(async () => {
    const speed = await lab.ask((client) => client.device.measure(session));
    if (!speed) throw new CancelledError('cancelled');
    return { session, speed };
  });
}

export const cancelMeasuring = (): Promise<void> => lab.ask((client) => client.device.cancelMeasure());

/** Matches settings that leave the time of a step as it is. */
const SAME_STEP = new RegExp(
  `^(title|seed|(${STAGES.join('|')})\\.(steps|learning_rate|warmup_steps)|evaluation\\.|checkpoint\\.)`,
);

/** The measurement where it still holds for a session; null where a setting was changed that makes other steps. */
export function speedOf(session: Session, measured: Measured | null): SessionSpeed | null {
  if (!measured) return null;
  if (diffSession(measured.session, session).some(({ path }) => !SAME_STEP.test(path))) return null;
  const isKnown = (stage: StageName) => measured.speed.stages.some((one) => one.stage === stage);
  return planStages(session).every(({ stage }) => isKnown(stage)) ? measured.speed : null;
}

/**
 * Milliseconds that a session takes: all its steps, its evaluations in between, and the one at its end on both splits.
 */
export function runTime(session: Session, { stages, evaluation }: SessionSpeed): number {
  const { queries_per_depth: onTheWay, final_queries_per_depth: atTheEnd } = session.evaluation;
  const steps = stages.reduce((sum, { stage, milliseconds }) => sum + milliseconds * session[stage].steps, 0);
  return steps + evaluation * (evaluationSteps(session).length + (2 * atTheEnd) / onTheWay);
}
