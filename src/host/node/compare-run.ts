import { firstDifference, type Fingerprint } from '../../session/fingerprint';
import type { Session } from '../../config/session';
import { compareMarks } from '../../records/marks';
import { curveDifference, supervisedSteps, withinTolerance } from '../../records/reproduction';
import type { RecordedRun } from './recorded-run';

/** How far a re-run agrees with the recorded run. */
export interface Agreement {
  reproduced: boolean;
  /** The last step known to agree, 0 for none; null where only the end was recorded, and it differs. */
  step: number | null;
}

/** The size of the difference between a re-run and the recorded run. */
export interface Drift {
  /** The first step that differs; null where only the end of the recorded chain is known, or a few steps of it. */
  first_differing_step: number | null;
  /** Differences of the losses, over the steps that both have; null where no losses were recorded. */
  loss: {
    steps_compared: number;
    /** |re-run − recorded| / |recorded|; null where one of the two is not finite. */
    largest_relative_difference: number | null;
    at_step: number;
  } | null;
  /** Mean losses of stages 0 and 1 over windows of steps, |re-run − recorded| / |recorded|; null where not finite. */
  curve: { step: number; difference: number | null }[];
  /** The final metrics that both have, by name and arm. */
  metrics: Record<string, { recorded: number; rerun: number }>;
  /**
   * Whether the difference is within what another adapter may cause (docs/reproducing.md); null where there is nothing
   * to compare.
   */
  within_tolerance: boolean | null;
}

/**
 * Compares the fingerprints of a re-run and a recorded run.
 * @param rerun as long as the recorded chain, or as the session where that is not known.
 */
export function agreement(recorded: RecordedRun, rerun: Pick<Fingerprint, 'value' | 'perStep'>): Agreement {
  const reproduced = rerun.value.startsWith(recorded.fingerprint);
  const { steps } = recorded;
  if (steps === null) {
    const total = rerun.perStep.length;
    if (reproduced || recorded.marks === undefined) return { reproduced, step: reproduced ? total : null };
    // What is left of the last link may still differ.
    const { agrees } = compareMarks(recorded.marks, total, rerun.perStep);
    return { reproduced, step: Math.min(agrees, total - 1) };
  }
  const differs = firstDifference(steps, rerun.perStep);
  if (differs !== null) return { reproduced: false, step: differs - 1 };
  const common = Math.min(steps.length, rerun.perStep.length);
  // The steps keep a part of each link of the chain; what is left of the last one may still differ.
  const ends = reproduced && steps.length === rerun.perStep.length;
  return { reproduced: ends, step: ends || common < steps.length ? common : common - 1 };
}

const HEADLINE = ['ndcg_cut_10/reasoning', 'ndcg_cut_10/without'];

/** Measures the differences of losses and metrics. @param losses and @param metrics of the re-run. */
export function driftOf(
  session: Session,
  recorded: RecordedRun,
  { step }: Agreement,
  losses: readonly number[],
  metrics: Readonly<Record<string, number>>,
): Drift {
  const both = Object.entries(recorded.metrics).flatMap(([name, value]) => {
    const rerun = metrics[name];
    return rerun === undefined ? [] : [[name, { recorded: value, rerun }] as const];
  });
  const curve = curveDifference(recorded.losses, losses, supervisedSteps(session));
  // The arms that a claim carries: the others explain a result, and are none.
  const headline = both
    .filter(([name]) => HEADLINE.includes(name))
    .map(([, pair]) => [pair.recorded, pair.rerun] as const);
  return {
    first_differing_step: step === null || recorded.steps === null ? null : step + 1,
    loss: lossDrift(recorded.losses, losses),
    curve: curve.map(({ step: at, difference }) => ({
      step: at,
      difference: Number.isFinite(difference) ? difference : null,
    })),
    metrics: Object.fromEntries(both),
    within_tolerance: withinTolerance(session, curve, headline),
  };
}

function lossDrift(recorded: RecordedRun['losses'], rerun: readonly number[]): Drift['loss'] {
  const compared = Math.min(recorded.length, rerun.length);
  if (compared === 0) return null;
  let largest = 0;
  let at = 1;
  for (let i = 0; i < compared; i++) {
    const difference = relativeDifference(recorded[i] ?? NaN, rerun[i]!);
    if (difference <= largest) continue;
    [largest, at] = [difference, i + 1];
  }
  return {
    steps_compared: compared,
    largest_relative_difference: Number.isFinite(largest) ? largest : null,
    at_step: at,
  };
}

function relativeDifference(recorded: number, rerun: number): number {
  if (recorded === rerun || (!Number.isFinite(recorded) && !Number.isFinite(rerun))) return 0;
  const relative = Math.abs(rerun - recorded) / Math.abs(recorded);
  return Number.isNaN(relative) ? Infinity : relative;
}
