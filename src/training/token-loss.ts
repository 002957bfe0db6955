import type { Gpu, View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { crossEntropy, crossEntropyKl } from '../kernels/cross-entropy';
import { GRPO_TOKEN_WORDS, grpoLoss } from '../kernels/grpo';
import { COUNT, liveRows } from '../kernels/rows';
import { sumRows } from '../kernels/sum-rows';
import { HeadScratch, recordHead, recordLogits, type HeadChunk } from '../model/head';
import type { Model } from '../model/model';
import type { TensorSet } from '../tensors/tensor-set';
import { InputError } from '../lib/errors';
import { RING_COLUMN, RING_WIDTH, type LossRing } from './loss-ring';
import type { LossSettings, SampledTargets, TokenTargets } from './step-batch';

type Kind = 'lm' | 'sft' | 'grpo';

/** A loss over target rows of the batch through the chunked head: next-token cross-entropy, with KL to a base, or GRPO. */
export class TokenLoss {
  /** (S, 2) = (log-probability, weighted entropy), written by GRPO alone. */
  readonly logprobs: View;
  private readonly head: HeadScratch;
  private readonly rows: View;
  private readonly labels: View;
  private readonly weights: View;
  private readonly losses: View;
  private readonly divergences: View;
  private readonly baseLogits: View;
  private readonly slot: number;

  constructor(
    private readonly gpu: Gpu,
    private readonly model: Model,
    private readonly options: { kind: Kind; targets: number; withKl?: boolean },
  ) {
    const { kind, targets, withKl } = options;
    this.slot = kind === 'lm' ? COUNT.LM_TARGETS : COUNT.TARGETS;
    this.head = new HeadScratch(gpu, model, targets, this.slot);
    const words = (label: string, width: number) => gpu.buffer(`${kind} ${label}`, targets * width * 4);
    const isGrpo = kind === 'grpo';
    this.rows = words('rows', 1);
    this.labels = words('labels', isGrpo ? GRPO_TOKEN_WORDS : 1);
    this.weights = words('weights', withKl ? 2 : 1);
    this.losses = words('losses', isGrpo ? 4 : 1);
    this.divergences = words('divergences', withKl ? 1 : 0);
    this.logprobs = words('logprobs', isGrpo ? 2 : 0);
    this.baseLogits = gpu.buffer(`${kind} base logits`, withKl ? this.head.logits.size : 0);
  }

  record(
    recorder: Recorder,
    t: {
      counts: View;
      hidden: View;
      dhidden: View;
      gradients: TensorSet;
      state: View;
      ring: LossRing;
      accumulate: boolean;
      settings: LossSettings;
      base: { model: Model; hidden: View } | null;
    },
  ): void {
    const { kind, targets, withKl } = this.options;
    const vocabulary = t.gradients.table.architecture.vocab_size;
    const context = { counts: t.counts };
    const loss = ({ rows, part }: HeadChunk) => {
      const shape = { rows, vocabulary };
      const { logits } = this.head;
      const labels = part(this.labels, kind === 'grpo' ? GRPO_TOKEN_WORDS : 1);
      if (kind === 'grpo') {
        const terms = part(this.losses, 4);
        grpoLoss(recorder, context, shape, {
          ...t.settings.grpo,
          tokens: labels,
          logits,
          terms,
          logprobs: part(this.logprobs, 2),
        });
      } else if (withKl && t.base) {
        const at = part(this.rows);
        // dhidden is free until the loss is known, so the base's rows are gathered there.
        recordLogits(recorder, t.counts, t.base.model, {
          rows,
          at,
          hidden: t.base.hidden,
          gathered: this.head.dhidden,
          into: this.baseLogits,
        });
        crossEntropyKl(recorder, context, shape, {
          klScale: t.settings.weight_kl,
          labels,
          weights: part(this.weights, 2),
          baseLogits: this.baseLogits,
          logits,
          losses: part(this.losses),
          divergences: part(this.divergences),
        });
      } else {
        crossEntropy(recorder, context, shape, {
          labels,
          weights: part(this.weights),
          logits,
          losses: part(this.losses),
        });
      }
    };
    recordHead(recorder, t.counts, this.model, this.head, { at: this.rows, ...t, loss });
    const rows = liveRows(targets, this.slot);
    const sum = (values: View, column: number, pitch = 1, offset = 0) =>
      sumRows(recorder, context, {
        rows,
        pitch,
        offset,
        width: RING_WIDTH,
        column,
        state: t.state,
        values,
        ring: t.ring.view,
      });
    if (kind === 'grpo') {
      sum(this.losses, RING_COLUMN.grpoObjective, 4, 0);
      sum(this.losses, RING_COLUMN.grpoKl, 4, 1);
      sum(this.losses, RING_COLUMN.clipLow, 4, 2);
      sum(this.losses, RING_COLUMN.clipHigh, 4, 3);
      sum(this.logprobs, RING_COLUMN.entropy, 2, 1);
    } else {
      sum(this.losses, kind === 'lm' ? RING_COLUMN.lm : RING_COLUMN.sft);
      if (withKl) sum(this.divergences, RING_COLUMN.kl);
    }
  }

  write(targets: TokenTargets | SampledTargets): void {
    const count = targets.rows.length;
    const { kind, targets: capacity, withKl } = this.options;
    if (count > capacity) throw new InputError(`a batch has ${count} ${kind} targets, expected at most ${capacity}`);
    this.gpu.write(this.rows, targets.rows);
    if (kind === 'grpo') {
      if ('advantages' in targets) this.gpu.write(this.labels, packTokens(targets));
      return;
    }
    this.gpu.write(this.labels, targets.labels);
    this.gpu.write(this.weights, withKl ? withKlShares(targets.weights) : targets.weights);
  }

  destroy(): void {
    this.head.destroy();
    this.gpu.free(this.rows, this.labels, this.weights, this.losses, this.divergences, this.logprobs, this.baseLogits);
  }
}

function packTokens(t: SampledTargets): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(t.rows.length * GRPO_TOKEN_WORDS);
  const floats = new Float32Array(words.buffer);
  for (let i = 0; i < t.rows.length; i++) {
    const at = i * GRPO_TOKEN_WORDS;
    words[at] = t.labels[i]!;
    floats[at + 1] = t.weights[i]!;
    floats[at + 2] = t.advantages[i]!;
    floats[at + 3] = t.oldLogprobs[i]!;
    floats[at + 4] = t.referenceLogprobs[i]!;
  }
  return words;
}

/** (cross-entropy weight, share of the mean divergence) per row. */
function withKlShares(weights: Float32Array): Float32Array<ArrayBuffer> {
  const pairs = new Float32Array(weights.length * 2);
  weights.forEach((weight, i) => {
    pairs[i * 2] = weight;
    pairs[i * 2 + 1] = 1 / weights.length;
  });
  return pairs;
}
