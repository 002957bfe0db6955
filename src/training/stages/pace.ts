import type { StageName, StepMetrics } from '../../records/records';
import { RING_SLOTS } from '../loss-ring';
import type { TrainStep } from '../train-step';

interface QueuedStep {
  t: number;
  rate: number;
  tokens: number;
  slot: number;
  /** Number of micro-batches that the step was computed in; null where batches are computed as a whole. */
  microBatches: number | null;
}

/**
 * The most milliseconds that a submit should hold the GPU, so that the page and the rest of the desktop stay usable.
 */
const HOLD_MS = 100;
/** The most by which steps are expected to get slower from one flush to the next, as a factor. */
const MOST_SLOWER = 4;

/** The part of a `TrainStep` that is used here: its readings, and the number of submits that a step is split into. */
type Measured = Pick<TrainStep, 'submits' | 'read'>;

/** Keeps a stage's queued steps and their measured time, and splits steps into submits by it. */
export class StagePace {
  private queue: QueuedStep[] = [];
  private since: number | null = null;
  milliseconds = 0;

  /** Starts a step's clock, for a step that does something before its kernels are queued. */
  begin(): void {
    this.since ??= performance.now();
  }

  queued(step: QueuedStep): void {
    this.begin();
    this.queue.push(step);
    if (this.queue.length > RING_SLOTS) throw new Error(`more than ${RING_SLOTS} steps between two flushes`);
  }

  /** Whether the time of a step is not measured yet. */
  get isMeasuring(): boolean {
    return this.milliseconds === 0;
  }

  /** Steps that are queued. */
  get waiting(): number {
    return this.queue.length;
  }

  /**
   * Reads back what the queued steps measured: a line for each, in order.
   * @param others other metrics of the i-th of them
   */
  async flush(
    step: Measured,
    stage: StageName,
    others: (i: number) => Readonly<Record<string, number>> = () => ({}),
  ): Promise<StepMetrics[]> {
    const queued = this.queue.splice(0);
    if (queued.length === 0) return [];
    const rows = await step.read(queued.map(({ slot }) => slot));
    const taken = (performance.now() - (this.since ?? performance.now())) / queued.length;
    // A machine that slept meanwhile says nothing about how long the next steps take.
    this.milliseconds = this.isMeasuring ? taken : Math.min(taken, MOST_SLOWER * this.milliseconds);
    this.since = null;
    step.submits = this.submits;
    const seconds = taken / 1000;
    return queued.map(({ t, rate, tokens, microBatches }, i) => {
      const { metrics, gradNorm, isSkipped = false } = rows[i]!;
      return {
        step: t,
        stage,
        ...metrics,
        ...others(i),
        ...(isSkipped ? {} : { grad_norm: gradNorm }),
        learning_rate: rate,
        tokens,
        ...(microBatches === null ? {} : { micro_batches: microBatches }),
        'time/step': seconds,
        'time/tokens_per_second': tokens / Math.max(1e-9, seconds),
      };
    });
  }

  /** Number of submits that a step should be split into. */
  private get submits(): number {
    return Math.max(1, Math.ceil(this.milliseconds / HOLD_MS));
  }
}
