import type { StagePlan } from '../config/stages';
import { leading } from '../lib/ascending';

/** A stage on the timeline, as shares of its width. */
export interface TimelineStage {
  plan: StagePlan;
  from: number;
  to: number;
}

/** The place of a step as a share of the width: the first is at 0, the last at 1. */
export const shareOf = (step: number, total: number): number => (total <= 1 ? 0 : (step - 1) / (total - 1));
export const stepAt = (share: number, total: number): number => 1 + Math.round(share * Math.max(0, total - 1));

export function timelineStages(stages: readonly StagePlan[], total: number): TimelineStage[] {
  return stages
    .filter(({ steps }) => steps > 0)
    .map((plan) => ({
      plan,
      from: shareOf(plan.firstStep, total),
      to: Math.min(1, shareOf(plan.firstStep + plan.steps, total)),
    }));
}

/**
 * A path of `values` over the whole width, each stage on a logarithmic scale of its own, because losses of different
 * stages do not compare. At most `points` of them.
 */
export function timelinePath(
  steps: Float64Array,
  values: Float64Array,
  stages: readonly TimelineStage[],
  size: { width: number; top: number; bottom: number; total: number },
  points = 300,
): string {
  const stride = Math.max(1, Math.ceil(values.length / points));
  const parts: string[] = [];
  for (const { plan } of stages) {
    const last = plan.firstStep + plan.steps;
    const kept: [x: number, y: number][] = [];
    for (let at = 0; at < values.length; at += stride) {
      const step = steps[at]!;
      if (step < plan.firstStep || step >= last || !(values[at]! > 0)) continue;
      kept.push([shareOf(step, size.total) * size.width, Math.log(values[at]!)]);
    }
    if (kept.length < 2) continue;
    const low = Math.min(...kept.map(([, y]) => y));
    const range = Math.max(...kept.map(([, y]) => y)) - low || 1;
    const line = kept.map(([x, y]) => {
      const height = size.bottom - ((y - low) / range) * (size.bottom - size.top);
      return `${x.toFixed(1)} ${height.toFixed(1)}`;
    });
    parts.push(`M${line.join('L')}`);
  }
  return parts.join('');
}

/** Ascending steps that are read in place: a list of them may grow to tens of thousands. */
export interface AscendingSteps {
  readonly length: number;
  at(place: number): number | undefined;
}

/**
 * A path of marks at steps along a line, at most one a pixel; the steps of one pixel behind its first are passed over. It is
 * drawn several times a second, so that a copy of a list that grows would leave memory in pieces.
 * @param x the place of a step on the line, not descending.
 * @param shape what follows the place: where a mark is from above, and how it is drawn from there, as `5v4`
 */
export function marksPath(steps: AscendingSteps, x: (step: number) => number, shape: string): string {
  const pixelAt = (place: number): number => Math.round(x(steps.at(place)!));
  let path = '';
  for (let place = 0; place < steps.length;) {
    const pixel = pixelAt(place);
    path += `M${pixel} ${shape}`;
    place = leading(steps.length, (at) => pixelAt(at) <= pixel);
  }
  return path;
}
