import { leading } from '../lib/ascending';

/**
 * A list of ascending steps that grows by one in constant time. A list never changes: one that is a step longer shares the
 * array behind it, so that a run of tens of thousands of steps is not copied at each of them.
 */
export class StepList {
  private constructor(
    private readonly steps: number[],
    readonly length: number,
  ) {}

  static of(steps: readonly number[] = []): StepList {
    return new StepList([...steps], steps.length);
  }

  /** The list with a step behind its last; the same list where that step is its last. */
  with(step: number): StepList {
    if (this.at(-1) === step) return this;
    // Another list has grown from this one already.
    const steps = this.steps.length === this.length ? this.steps : this.steps.slice(0, this.length);
    steps.push(step);
    return new StepList(steps, steps.length);
  }

  /** The step at a place, from the end where it is negative; undefined beyond the list. */
  at(place: number): number | undefined {
    const index = place < 0 ? this.length + place : place;
    return index < this.length ? this.steps[index] : undefined;
  }

  /** The last step that is not after another; undefined where all are. */
  upTo(step: number): number | undefined {
    return this.steps[leading(this.length, (at) => this.steps[at]! <= step) - 1];
  }

  has(step: number): boolean {
    return this.upTo(step) === step;
  }

  /** @returns the steps from one place to before another, as an array */
  slice(from = 0, to = this.length): number[] {
    return this.steps.slice(from, Math.min(to, this.length));
  }
}
