import { STAGES } from '../config/stages';
import { leading } from '../lib/ascending';
import type { EvaluationPoint, StageName, StepMetrics } from '../records/records';

/** The values of one step, for the inspector. */
export interface StepRow {
  step: number;
  stage: StageName;
  values: [name: string, value: number][];
}

/**
 * The metrics of one run: a typed column for each name, which only grows. It is outside React's state; what draws it
 * subscribes and reads views. A step without a metric has NaN in its column.
 */
export class MetricStreams {
  length = 0;
  /** A number that grows with every change. */
  version = 0;
  readonly evaluations: EvaluationPoint[] = [];
  readonly checkpoints: number[] = [];
  /** Links of the fingerprint, by step from step 1; undefined where one is not known. */
  readonly links: (string | undefined)[] = [];
  private capacity = 1024;
  private stepColumn = new Float64Array(this.capacity);
  private stageColumn = new Uint8Array(this.capacity);
  private readonly columns = new Map<string, Float64Array>();
  private readonly starts: number[] = [];
  private readonly listeners = new Set<() => void>();

  /** @param links of the same steps, where they are known. */
  append(batch: readonly StepMetrics[], links: readonly string[] = []): void {
    for (const [i, metrics] of batch.entries()) {
      this.links[metrics.step - 1] = links[i];
      if (this.length === this.capacity) this.grow();
      const at = this.length++;
      this.stageColumn[at] = STAGES.indexOf(metrics.stage);
      if (at === 0 || this.stageColumn[at - 1] !== this.stageColumn[at]) this.starts.push(metrics.step);
      for (const [name, value] of Object.entries(metrics)) {
        if (name === 'step') this.stepColumn[at] = metrics.step;
        else if (typeof value === 'number') this.columnFor(name)[at] = value;
      }
    }
    this.changed();
  }

  addEvaluation(point: EvaluationPoint): void {
    this.evaluations.push(point);
    this.changed();
  }

  addCheckpoint(step: number): void {
    this.checkpoints.push(step);
    this.changed();
  }

  /** Replaces everything by a whole run. */
  replace(
    metrics: readonly StepMetrics[],
    evaluations: readonly EvaluationPoint[],
    checkpoints: readonly number[],
    links: readonly string[] = [],
  ): void {
    this.clear();
    this.evaluations.push(...evaluations);
    this.checkpoints.push(...checkpoints);
    this.append(metrics, links);
  }

  clear(): void {
    this.length = 0;
    this.evaluations.length = 0;
    this.checkpoints.length = 0;
    this.links.length = 0;
    this.starts.length = 0;
    this.columns.clear();
    this.changed();
  }

  /** Metric names in the order they first appeared. */
  names(): string[] {
    return [...this.columns.keys()];
  }

  /** The steps (length): a view, valid until the next append. */
  steps(): Float64Array {
    return this.stepColumn.subarray(0, this.length);
  }

  /** A metric's values (length): a view, valid until the next append; `undefined` for a name that no step had. */
  column(name: string): Float64Array | undefined {
    return this.columns.get(name)?.subarray(0, this.length);
  }

  /** The first step of each stage that has begun. */
  stageStarts(): readonly number[] {
    return this.starts;
  }

  /** The newest step; 0 before the first. */
  lastStep(): number {
    return this.length > 0 ? this.stepColumn[this.length - 1]! : 0;
  }

  /** The newest value of a metric that is a number. */
  latest(name: string): number | undefined {
    const column = this.column(name);
    if (!column) return undefined;
    for (let at = column.length - 1; at >= 0; at--) if (!Number.isNaN(column[at]!)) return column[at];
    return undefined;
  }

  /** Index of the last step at or before `step`; -1 where there is none. */
  indexOf(step: number): number {
    return leading(this.length, (at) => this.stepColumn[at]! <= step) - 1;
  }

  row(at: number): StepRow | undefined {
    if (at < 0 || at >= this.length) return undefined;
    const values: StepRow['values'] = [];
    for (const [name, column] of this.columns) {
      if (!Number.isNaN(column[at]!)) values.push([name, column[at]!]);
    }
    return { step: this.stepColumn[at]!, stage: STAGES[this.stageColumn[at]!]!, values };
  }

  /** All metrics by step. Views, valid until the next append. */
  table() {
    const stages = Array.from(this.stageColumn.subarray(0, this.length), (stage) => STAGES[stage]!);
    const columns = this.names().map((name) => [name, this.column(name)!] as const);
    return { steps: this.steps(), stages, columns, evaluations: this.evaluations };
  }

  /** The last evaluation at or before `step`. */
  evaluationAt(step: number): EvaluationPoint | undefined {
    return this.evaluations.findLast((point) => point.step <= step);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private changed(): void {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  private columnFor(name: string): Float64Array {
    let column = this.columns.get(name);
    if (!column) {
      column = new Float64Array(this.capacity).fill(NaN);
      this.columns.set(name, column);
    }
    return column;
  }

  private grow(): void {
    const before = this.capacity;
    this.capacity *= 2;
    const steps = new Float64Array(this.capacity);
    steps.set(this.stepColumn);
    this.stepColumn = steps;
    const stages = new Uint8Array(this.capacity);
    stages.set(this.stageColumn);
    this.stageColumn = stages;
    for (const [name, column] of this.columns) {
      const wider = new Float64Array(this.capacity).fill(NaN, before);
      wider.set(column);
      this.columns.set(name, wider);
    }
  }
}

/** The streams of the run on the page. */
export const streams = new MetricStreams();
