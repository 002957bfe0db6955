/** What one optimiser step learns from: plain arrays, built by the stages, written to the GPU by `TrainStep`. */

/** Rows of the packed batch whose next token is learnt. The logits of row `rows[i]` predict `labels[i]`. */
export interface TokenTargets {
  rows: Uint32Array<ArrayBuffer>;
  labels: Uint32Array<ArrayBuffer>;
  /** Share of each row in the loss; sums to the term's weight. */
  weights: Float32Array<ArrayBuffer>;
}

/** Sampled tokens with what GRPO knows of them. */
export interface SampledTargets extends TokenTargets {
  advantages: Float32Array<ArrayBuffer>;
  oldLogprobs: Float32Array<ArrayBuffer>;
  referenceLogprobs: Float32Array<ArrayBuffer>;
}

/** Rows of embed tokens; the positive and negative of each query index `documentRows`. */
export interface ContrastiveTargets {
  queryRows: Uint32Array<ArrayBuffer>;
  documentRows: Uint32Array<ArrayBuffer>;
  positive: Uint32Array<ArrayBuffer>;
  negative: Uint32Array<ArrayBuffer>;
}

export interface StepBatch {
  sequences: readonly (readonly number[])[];
  /** Stage 0's sentences, or those replayed beside stages 1 and 2. */
  lm?: TokenTargets;
  /** Stage 1's answers. */
  sft?: TokenTargets;
  /** Stage 2's completions. */
  grpo?: SampledTargets;
  contrastive?: ContrastiveTargets;
}

/** The most that any batch of a stage can hold; buffers are made for it once. */
export interface StepCapacity {
  tokens: number;
  lm: number;
  sft: number;
  grpo: number;
  queries: number;
  documents: number;
}

export interface LossSettings {
  weight_kl: number;
  weight_infonce: number;
  weight_triplet: number;
  temperature: number;
  margin: number;
  /** GRPO's; `temperature` above is InfoNCE's. */
  grpo: { temperature: number; clip_low: number; clip_high: number; beta: number };
}
