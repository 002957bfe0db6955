import type { View } from '../gpu/gpu';
import { crossEntropy } from '../kernels/cross-entropy/cross-entropy';
import type { RowRange } from '../model/batch-parts';
import type { Model } from '../model/model';
import { floatsAt, integersAt } from '../model/rows-in';
import type { Objective, Reading } from './objective';
import type { StepViews } from './step-views';
import { TokenRows, type TokenTargets } from './token-rows';

export interface NextTokenOptions {
  /** `loss/NAME` is its metric: `lm` in stage 0, `sft` for answers, `replay` for facts repeated in later stages. */
  name: string;
  /** The most rows that are learnt at once. */
  targets: number;
  /** Weight of the term in the loss; the targets' weights sum to it. */
  weight: number;
}

/** Cross-entropy of the next token at the target rows. */
export class NextToken implements Objective<TokenTargets> {
  readonly name: string;
  readonly columns = ['loss'];
  readonly counts = ['targets'];
  private readonly rows: TokenRows;
  private readonly labels: View;
  private readonly weights: View;
  private readonly losses: View;

  constructor(
    private readonly model: Model,
    private readonly options: NextTokenOptions,
  ) {
    this.name = options.name;
    this.rows = new TokenRows(model, options.name, options.targets);
    this.labels = this.rows.buffer('labels');
    this.weights = this.rows.buffer('weights');
    this.losses = this.rows.buffer('losses');
  }

  record(step: StepViews): void {
    const { vocab_size: vocabulary } = this.model.architecture;
    const rows = this.rows.record(step, ({ rows: chunk, part }) => {
      crossEntropy(
        step.recorder,
        step,
        { rows: chunk, vocabulary },
        {
          labels: part(this.labels),
          weights: part(this.weights),
          logits: this.rows.head.logits,
          losses: part(this.losses),
        },
      );
    });
    step.sum('loss', rows, this.losses);
  }

  write({ rows, labels, weights }: TokenTargets, part: RowRange | null): readonly number[] {
    const places = this.rows.write(rows, { labels, weights }, part);
    this.model.gpu.write(this.labels, integersAt(labels, places));
    this.model.gpu.write(this.weights, floatsAt(weights, places));
    return [places.length];
  }

  read([loss]: readonly number[]): Reading {
    return tokenReading(this.options, loss!);
  }

  destroy(): void {
    this.rows.destroy();
  }
}

/** @param loss weighted; the metric is the loss itself, 0 where it has no weight. */
export const tokenReading = ({ name, weight }: { name: string; weight: number }, loss: number): Reading => ({
  parts: [loss],
  losses: { [`loss/${name}`]: weight > 0 ? loss / weight : 0 },
});
