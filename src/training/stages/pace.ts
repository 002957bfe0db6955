import type { StageName, StepMetrics } from '../../records/records';
import { RING_SLOTS } from '../loss-ring';
import type { TrainStep } from '../train-step';

interface QueuedStep {
  t: number;
  rate: number;
  tokens: number;
  slot: number;
  /** Parts that it is computed in; null where batches are computed as a whole. */
  microBatches: number | null;
}

/** No submit should hold the GPU longer, so that the page and the rest of the desktop stay usable. */
const HOLD_MS = 100;
/** The most by which steps are expected to get slower from one flush to the next, as a factor. */
const MOST_SLOWER = 4;

/** The part of a `TrainStep` that is read back, and told in how many submits to run. */
type Measured = Pick<TrainStep, 'submits' | 'read'>;

/** Which steps are queued, and how long one takes. */
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

  /** True until the first steps told how long one takes. */
  get isMeasuring(): boolean {
    return this.milliseconds === 0;
  }

  /** Steps that are queued. */
  get waiting(): number {
    return this.queue.length;
  }

  /**
   * Reads back what the queued steps of `step` measured: a line for each, in order.
   * @param others what else was measured of the i-th of them
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
      const { metrics, gradNorm } = rows[i]!;
      return {
        step: t,
        stage,
        ...metrics,
        ...others(i),
        grad_norm: gradNorm,
        learning_rate: rate,
        tokens,
        ...(microBatches === null ? {} : { micro_batches: microBatches }),
        'time/step': seconds,
        'time/tokens_per_second': tokens / Math.max(1e-9, seconds),
      };
    });
  }

  /** Submits a step should be split into. */
  private get submits(): number {
    return Math.max(1, Math.ceil(this.milliseconds / HOLD_MS));
  }
}
