import { parseSession } from '../../src/config/parse-session';
import { secondsSession } from '../../src/config/seconds.test-data';

/** The session of a soak: all three stages, with evaluations and checkpoints, and too long to reach its end. */
export const soakSession = parseSession(
  secondsSession({
    pretrain: { steps: 40 },
    sft: { steps: 60 },
    grpo: { steps: 100_000 },
    evaluation: { every: 40 },
    checkpoint: { every: 20 },
  }),
);
export const STEPS_BEFORE_STAGE_2 = 100;

/** Share by which memory may grow after the first minute. */
export const MOST_GROWTH = 0.02;
/** Share by which a step, or the page beside it, may take more of the processor: another's work beside it costs caches too. */
export const MOST_STEP_GROWTH = 0.1;
export const MINUTE = 60_000;

export interface Sampled {
  ms: number;
  /** Steps of stage 2 that were emitted, and the seconds of CPU time until then. */
  steps: number;
  cpu: number;
}

/** Something that should stay as it is, by parts of the run. */
export interface Pace {
  first_quarter: number;
  last_quarter: number;
  tenths: number[];
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
export const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/**
 * Computes the growth of a long run from samples: from the second minute, or the first of stage 2, to the last quarter.
 */
export class Soaked<Sample extends Sampled> {
  readonly total: number;
  private readonly settled: number;

  constructor(private readonly samples: readonly Sample[]) {
    this.total = samples.at(-1)?.ms ?? 0;
    const firstOfStage2 = samples.find(({ steps }) => steps > 0)?.ms ?? Infinity;
    this.settled = Math.max(Math.min(MINUTE, this.total / 4), firstOfStage2);
  }

  /** Share by which the median grew. */
  growth(read: (sample: Sample) => number): number {
    const width = Math.min(MINUTE, this.total / 4);
    const early = this.samples.filter(({ ms }) => ms >= this.settled && ms < this.settled + width);
    const late = this.samples.filter(({ ms }) => ms >= this.total * 0.75);
    return round(median(late.map(read)) / median(early.map(read)) - 1);
  }

  /**
   * Milliseconds of the processor that a step of stage 2 takes, evaluations and checkpoints among them.
   * @param seconds of the processor until a sample
   */
  stepCpu(seconds = (sample: Sample): number => sample.cpu): Pace {
    return this.pace((first, last) => (1000 * (seconds(last) - seconds(first))) / (last.steps - first.steps));
  }

  /** Share of the time for which a processor was busy with something. @param seconds of the processor until a sample */
  busy(seconds: (sample: Sample) => number): Pace {
    return this.pace((first, last) => (1000 * (seconds(last) - seconds(first))) / (last.ms - first.ms));
  }

  private pace(between: (first: Sample, last: Sample) => number): Pace {
    const { total } = this;
    const within = (from: number, to: number): number => {
      const found = this.samples.filter(({ ms, steps }) => steps > 0 && ms >= from && ms <= to);
      const [first, last] = [found[0], found.at(-1)];
      return first && last ? round(between(first, last)) : NaN;
    };
    return {
      first_quarter: within(this.settled, this.settled + total / 4),
      last_quarter: within(total * 0.75, total),
      tenths: Array.from({ length: 10 }, (_, i) => within((i * total) / 10, ((i + 1) * total) / 10)),
    };
  }

  /** Megabytes at the end of each tenth of the run. */
  series(read: (sample: Sample) => number): number[] {
    const { length } = this.samples;
    return Array.from({ length: 10 }, (_, i) => {
      const at = this.samples[Math.floor(((i + 1) * (length - 1)) / 10)];
      return at === undefined ? NaN : Math.round(read(at) / 1e5) / 10;
    });
  }
}
