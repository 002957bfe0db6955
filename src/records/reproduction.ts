import type { Session } from '../config/session';

/**
 * The tolerances within which a run counts as reproduced where the bits differ, as they do on another adapter:
 * docs/reproducing.md has the measurements that they come from, and `bench/reproducing.ts` makes them again. The page's
 * verdict and `verify` use the same numbers.
 */
export const TOLERANCE = {
  /** Of mean losses over `WINDOW` steps of stages 0 and 1, relative. */
  loss: 0.01,
  /** Of final nDCG@10, absolute, where the session ends with stage 1. */
  metric: 0.02,
  /** The same after stage 2, where one token that falls otherwise changes all that follows. */
  metricAfterStage2: 0.14,
} as const;

/** Steps over which losses are averaged before they are compared: those of single batches jump. */
export const WINDOW = 20;

export interface CurvePoint {
  /** The last step of the window. */
  step: number;
  /** |mean of the re-run − mean of the recorded| / |mean of the recorded|. */
  difference: number;
}

/** Steps of the stages whose curves are compared. */
export const supervisedSteps = ({ pretrain, sft }: Session): number => pretrain.steps + sft.steps;

const metricTolerance = ({ grpo }: Session): number =>
  grpo.steps > 0 ? TOLERANCE.metricAfterStage2 : TOLERANCE.metric;

/**
 * The relative differences of two runs' mean losses, a window at a time.
 * @param recorded and @param rerun from step 1; null or NaN where a loss was not finite.
 * @param last the last step that counts.
 */
export function curveDifference(
  recorded: readonly (number | null)[],
  rerun: readonly (number | null)[],
  last = Infinity,
): CurvePoint[] {
  const steps = Math.min(recorded.length, rerun.length, last);
  const points: CurvePoint[] = [];
  for (let from = 0; from < steps; from += WINDOW) {
    const to = Math.min(steps, from + WINDOW);
    const a = meanOf(recorded.slice(from, to));
    const b = meanOf(rerun.slice(from, to));
    const difference = a === b || (Number.isNaN(a) && Number.isNaN(b)) ? 0 : Math.abs(b - a) / Math.abs(a);
    points.push({ step: to, difference: Number.isNaN(difference) ? Infinity : difference });
  }
  return points;
}

const meanOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? NaN), 0) / values.length;

export const largestOf = (points: readonly CurvePoint[]): CurvePoint | null =>
  points.reduce<CurvePoint | null>((most, point) => (most && most.difference >= point.difference ? most : point), null);

/**
 * Whether a re-run with other bits is as close as another adapter may be; null where there is nothing to compare.
 * @param metrics pairs of final nDCG@10.
 */
export function withinTolerance(
  session: Session,
  curve: readonly CurvePoint[],
  metrics: readonly (readonly [recorded: number, rerun: number])[],
): boolean | null {
  if (curve.length === 0 && metrics.length === 0) return null;
  const tolerance = metricTolerance(session);
  return (
    (largestOf(curve)?.difference ?? 0) <= TOLERANCE.loss &&
    metrics.every(([recorded, rerun]) => Math.abs(rerun - recorded) <= tolerance)
  );
}

/** The tolerance in words, for both hosts. @param hasCurve whether losses were compared too. */
export function toleranceSentence(session: Session, isWithin: boolean, hasCurve: boolean): string {
  const metric = metricTolerance(session);
  const curve = hasCurve ? `losses of stages 0 and 1 within ${100 * TOLERANCE.loss} %, ` : '';
  return `It is ${isWithin ? 'within' : 'outside'} the tolerance for another adapter: ${curve}final nDCG@10 within ${metric}.`;
}
