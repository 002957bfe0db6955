import type { View } from '../gpu/gpu';
import { crossEntropyKl } from '../kernels/cross-entropy/cross-entropy';
import { Activations } from '../model/activations';
import { recordForward } from '../model/transformer';
import { recordLogits } from '../model/head';
import type { RowRange } from '../model/batch-parts';
import type { Model } from '../model/model';
import { integersAt } from '../model/rows-in';
import { NextToken, tokenReading } from './next-token';
import type { Objective, Reading } from './objective';
import type { StepViews } from './step-views';
import { TokenRows, type TokenTargets } from './token-rows';

export interface AnswersOptions {
  targets: number;
  /** Weight of the cross-entropy; the targets' weights sum to it. */
  weight: number;
  /** KL(base ‖ model), mean over the target rows; the base is frozen and runs over the same rows, `tokens` at once. */
  kl: { weight: number; base: Model; tokens: number };
}

/** Cross-entropy of stage 1's answers, with the divergence from a frozen model where one is given. */
export function answersObjective(
  model: Model,
  { kl, ...options }: Omit<AnswersOptions, 'kl'> & { kl: AnswersOptions['kl'] | null },
): Objective<TokenTargets> {
  return kl ? new Answers(model, { ...options, kl }) : new NextToken(model, { name: 'sft', ...options });
}

class Answers implements Objective<TokenTargets> {
  readonly name = 'sft';
  readonly columns = ['loss', 'divergence'];
  readonly counts = ['targets'];
  private readonly rows: TokenRows;
  private readonly labels: View;
  /** (cross-entropy weight, share of the mean divergence) a row */
  private readonly weights: View;
  private readonly losses: View;
  private readonly divergences: View;
  private readonly baseLogits: View;
  private readonly baseActivations: Activations;

  constructor(
    private readonly model: Model,
    private readonly options: AnswersOptions,
  ) {
    const { base, tokens } = options.kl;
    this.rows = new TokenRows(model, this.name, options.targets);
    this.labels = this.rows.buffer('labels');
    this.weights = this.rows.buffer('weights', 2);
    this.losses = this.rows.buffer('losses');
    this.divergences = this.rows.buffer('divergences');
    this.baseLogits = this.rows.buffer('base logits', 0, this.rows.head.logits.size);
    this.baseActivations = new Activations(model.gpu, base, tokens, 'nothing');
  }

  record(step: StepViews): void {
    const { base, weight: klScale } = this.options.kl;
    const { vocab_size: vocabulary } = this.model.architecture;
    const { head } = this.rows;
    recordForward(step.recorder, base, step.batch, this.baseActivations);
    const rows = this.rows.record(step, ({ rows: chunk, at, part }) => {
      // The head's dhidden is free until the loss is known, so the base's rows are gathered there.
      const { hidden } = this.baseActivations;
      recordLogits(step.recorder, step.counts, base, {
        rows: chunk,
        at,
        hidden,
        gathered: head.dhidden,
        into: this.baseLogits,
      });
      crossEntropyKl(
        step.recorder,
        step,
        { rows: chunk, vocabulary },
        {
          klScale,
          labels: part(this.labels),
          weights: part(this.weights, 2),
          baseLogits: this.baseLogits,
          logits: head.logits,
          losses: part(this.losses),
          divergences: part(this.divergences),
        },
      );
    });
    step.sum('loss', rows, this.losses);
    step.sum('divergence', rows, this.divergences);
  }

  write({ rows, labels, weights }: TokenTargets, part: RowRange | null): readonly number[] {
    const places = this.rows.write(rows, { labels, weights }, part);
    const pairs = new Float32Array(2 * places.length);
    // The mean is over the whole batch's rows, whatever the part.
    places.forEach((place, i) => pairs.set([weights[place]!, 1 / weights.length], 2 * i));
    this.model.gpu.write(this.labels, integersAt(labels, places));
    this.model.gpu.write(this.weights, pairs);
    return [places.length];
  }

  read([loss, divergence]: readonly number[]): Reading {
    const { parts, losses } = tokenReading({ name: this.name, weight: this.options.weight }, loss!);
    return {
      parts: [...parts, this.options.kl.weight * divergence!],
      losses: { ...losses, 'loss/kl': divergence! },
    };
  }

  destroy(): void {
    this.rows.destroy();
    this.baseActivations.destroy();
  }
}
