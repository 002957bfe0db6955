import type { RunPlan } from '../host/browser/api';
import type { StageName, StepMetrics } from '../records/records';

const WINDOW_MS = 8000;

/**
 * How fast a run goes and how long it will take. Steps of different stages cost differently, so work is counted in
 * tokens where the session's cost is known. Waiting time is left out.
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

  /** After a pause: what lay between does not count. */
  rest(): void {
    this.points = [];
  }

  /** Milliseconds to the end; undefined while it cannot be told. */
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
