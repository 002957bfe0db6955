import { create } from 'zustand';
import { diffSession } from '../config/edit-session';
import { evaluationSteps } from '../config/evaluation-steps';
import type { Session } from '../config/session';
import { planStages, STAGES } from '../config/stages';
import type { SessionSpeed, Stage } from '../records/records';
import { messageOf } from '../lib/errors';
import { lab } from './lab';
import { useSession } from './session';

interface SpeedState {
  /** What was measured last on this device, and of which session. */
  measured: { session: Session; speed: SessionSpeed } | null;
  pending: boolean;
  error: string | null;
}

/**
 * How fast this device runs a session. Opening a link computes nothing, so the second it takes to know is asked for; and a
 * figure from an earlier visit would be of another session, another browser or a busier machine.
 */
export const useSpeed = create<SpeedState>()(() => ({ measured: null, pending: false, error: null }));

export async function measureSpeed(): Promise<void> {
  const { session } = useSession.getState();
  useSpeed.setState({ pending: true, error: null });
  try {
    const speed = await lab.ask((client) => client.device.measure(session));
    useSpeed.setState({ pending: false, ...(speed ? { measured: { session, speed } } : {}) });
  } catch (error) {
    useSpeed.setState({ pending: false, error: messageOf(error) });
  }
}

export const cancelMeasuring = (): Promise<void> => lab.ask((client) => client.device.cancelMeasure());

/** Settings that leave a step as long as it is. */
const SAME_STEP = new RegExp(
  `^(title|seed|(${STAGES.join('|')})\\.(steps|learning_rate|warmup_steps)|evaluation\\.|checkpoint\\.)`,
);

/** What was measured, where it still holds for a session; null where a setting was changed that makes other steps. */
export function speedOf(session: Session, { measured }: Pick<SpeedState, 'measured'>): SessionSpeed | null {
  if (!measured) return null;
  if (diffSession(measured.session, session).some(({ path }) => !SAME_STEP.test(path))) return null;
  const isKnown = (stage: Stage) => measured.speed.stages.some((one) => one.stage === stage);
  return planStages(session).every(({ stage }) => isKnown(stage)) ? measured.speed : null;
}

/** Milliseconds that a session takes: all its steps, its evaluations on the way, and the one at its end on both splits. */
export function runTime(session: Session, { stages, evaluation }: SessionSpeed): number {
  const { queries_per_depth: onTheWay, final_queries_per_depth: atTheEnd } = session.evaluation;
  const steps = stages.reduce((sum, { stage, milliseconds }) => sum + milliseconds * session[stage].steps, 0);
  return steps + evaluation * (evaluationSteps(session).length + (2 * atTheEnd) / onTheWay);
}
