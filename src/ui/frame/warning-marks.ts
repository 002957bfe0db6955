import type { MetricStreams } from '../../store/streams';
import { runWarnings } from '../../view/warnings';

/** Steps at which something began to look wrong; each step is looked at once. */
export class WarningMarks {
  private steps: number[] = [];
  private seen = 0;
  private wrong = 0;

  of(streams: MetricStreams): readonly number[] {
    if (streams.length < this.seen) {
      this.steps = [];
      this.seen = this.wrong = 0;
    }
    const steps = streams.steps();
    for (; this.seen < streams.length; this.seen++) {
      const at = this.seen;
      const count = runWarnings((name) => {
        const value = streams.column(name)?.[at];
        return value === undefined || (Number.isNaN(value) && name !== 'loss') ? undefined : value;
      }).length;
      if (count > this.wrong) this.steps.push(steps[at]!);
      this.wrong = count;
    }
    return this.steps;
  }
}
