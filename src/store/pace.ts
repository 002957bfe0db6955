import type { RunPlan } from '../host/browser/api';
import type { StageName, StepMetrics } from '../records/records';

const WINDOW_MS = 8000;

/**
 * Estimates how long a run still takes from its speed so far. Steps of different stages cost differently, so work is
 * counted in tokens where the session's cost is known. Time in a pause is left out.
 */
export class Pace {
  private points: { at: number; done: number }[] = [];
  private done = 0;

  constructor(
    private readonly plan: RunPlan,
    private readonly tokensPerStep: Partial<Record<StageName, number>> = {},
  ) {}

  note(steps: readonly StepMetrics[], now: number): void {
    for (const { stage } of steps) this.done += this.weight(stage);
    this.points.push({ at: now, done: this.done });
    while (this.points.length > 2 && now - this.points[0]!.at > WINDOW_MS) this.points.shift();
  }

  /** Begins to measure again after a pause, whose time does not count. */
  rest(): void {
    this.points = [];
  }

  /** Milliseconds to the end; undefined where it is not known yet. */
  left(): number | undefined {
    const first = this.points[0];
    const last = this.points.at(-1);
    if (!first || !last || last.at - first.at < 500 || last.done <= first.done) return undefined;
    const total = this.plan.stages.reduce((sum, { stage, steps }) => sum + steps * this.weight(stage), 0);
    return ((total - this.done) * (last.at - first.at)) / (last.done - first.done);
  }

  private weight(stage: StageName): number {
    return this.tokensPerStep[stage] ?? 1;
  }
}
