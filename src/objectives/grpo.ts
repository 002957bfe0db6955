import type { View } from '../gpu/gpu';
import { GRPO_TOKEN_WORDS, grpoLoss, type GrpoSettings } from '../kernels/grpo/grpo';
import type { RowRange } from '../model/batch-parts';
import type { Model } from '../model/model';
import type { Objective, Reading } from './objective';
import type { StepViews } from './step-views';
import { TokenRows, type TokenTargets } from './token-rows';

/** Sampled tokens with what GRPO knows of each. */
export interface SampledTargets extends TokenTargets {
  advantages: Float32Array<ArrayBuffer>;
  oldLogprobs: Float32Array<ArrayBuffer>;
  referenceLogprobs: Float32Array<ArrayBuffer>;
}

/** The columns of terms (S, 4), which the kernel writes for each token beside logprobs (S, 2). */
const TERMS = ['objective', 'kl', 'clip_low', 'clip_high'];

/** GRPO's clipped objective over sampled tokens, with the k3 estimate of the divergence from the reference. */
export class Grpo implements Objective<SampledTargets> {
  readonly name = 'grpo';
  readonly columns = [...TERMS, 'entropy'];
  readonly counts = ['targets'];
  /** (S, 2) = (log-probability, weighted entropy) */
  readonly logprobs: View;
  private readonly rows: TokenRows;
  private readonly tokens: View;
  private readonly terms: View;

  /** @param targets the most tokens that are learnt at once. */
  constructor(
    private readonly model: Model,
    targets: number,
    private readonly settings: GrpoSettings,
  ) {
    this.rows = new TokenRows(model, this.name, targets);
    this.tokens = this.rows.buffer('tokens', GRPO_TOKEN_WORDS);
    this.terms = this.rows.buffer('terms', TERMS.length);
    this.logprobs = this.rows.buffer('logprobs', 2);
  }

  record(step: StepViews): void {
    const { vocab_size: vocabulary } = this.model.architecture;
    const rows = this.rows.record(step, ({ rows: chunk, part }) => {
      grpoLoss(
        step.recorder,
        step,
        { rows: chunk, vocabulary },
        {
          ...this.settings,
          tokens: part(this.tokens, GRPO_TOKEN_WORDS),
          logits: this.rows.head.logits,
          terms: part(this.terms, TERMS.length),
          logprobs: part(this.logprobs, 2),
        },
      );
    });
    TERMS.forEach((column, offset) => step.sum(column, rows, this.terms, { pitch: TERMS.length, offset }));
    step.sum('entropy', rows, this.logprobs, { pitch: 2, offset: 1 });
  }

  write(targets: SampledTargets, part: RowRange | null): readonly number[] {
    const { rows, ...perRow } = targets;
    const places = this.rows.write(rows, perRow, part);
    this.model.gpu.write(this.tokens, packTokens(targets, places));
    return [places.length];
  }

  read([objective, kl, low, high, entropy]: readonly number[]): Reading {
    return {
      parts: [objective!, this.settings.beta * kl!],
      losses: { 'loss/policy': objective!, kl: kl! },
      others: { entropy: entropy!, 'clip_ratio/low_mean': low!, 'clip_ratio/high_mean': high! },
    };
  }

  destroy(): void {
    this.rows.destroy();
  }
}

function packTokens(t: SampledTargets, places: Uint32Array): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(places.length * GRPO_TOKEN_WORDS);
  const floats = new Float32Array(words.buffer);
  places.forEach((i, row) => {
    const at = row * GRPO_TOKEN_WORDS;
    words[at] = t.labels[i]!;
    floats[at + 1] = t.weights[i]!;
    floats[at + 2] = t.advantages[i]!;
    floats[at + 3] = t.oldLogprobs[i]!;
    floats[at + 4] = t.referenceLogprobs[i]!;
  });
  return words;
}
