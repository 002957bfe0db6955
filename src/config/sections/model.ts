import * as v from 'valibot';
import { flag, line, noted, option, real, some, whole } from '../../settings/leaves';
import { MODEL_TYPES } from '../architecture';
import { PROJECTIONS } from '../lora';
import { FIRST_NUMERICS, NEWEST_NUMERICS } from '../numerics';

export const ACTIVATIONS = ['keep', 'recompute'] as const;
/**
 * The dtypes in which a base model's matrices can be held on the GPU: as in its file, or converted to f32, f16 or bf16.
 */
const BASE_DTYPES = ['stored', 'f32', 'f16', 'bf16'] as const;

/** The pre-trained model that training starts from; all empty where the model is born in this session. */
const baseSchema = v.strictObject({
  /** The hash of its GGUF file, or of its folder: see `OpenedModel.hash`. It alone identifies the model. */
  sha256: noted(line(64), {
    label: 'Base model',
    meaning: 'SHA-256 of the pre-trained model that training starts from; none where the model is born here.',
    source: 'choice',
  }),
  name: noted(line(120), { label: 'Base name', meaning: 'What the base model is called.', source: 'choice' }),
  /** The source of its bytes, an address with its commit where it has one, for users who lack them. */
  from: noted(line(200), {
    label: 'Base source',
    meaning: 'Where the base model’s bytes came from, for whoever opens the link and lacks them.',
    source: 'choice',
  }),
});

/** LoRA (Hu et al., arXiv 2106.09685), under the names of PEFT's `LoraConfig`. */
const adapterSchema = v.strictObject({
  /** 0 trains all weights. */
  rank: noted(whole(0, 256, 0), {
    label: 'LoRA rank',
    meaning: 'Rows of each low-rank pair that is trained beside a frozen matrix; 0 trains all weights.',
    source: 'choice',
    geometric: true,
  }),
  alpha: noted(real(0, 1024, 32), {
    label: 'LoRA alpha',
    meaning: 'The adapter’s part is multiplied by alpha / rank.',
    source: 'choice',
    geometric: true,
  }),
  rslora: noted(flag(false), {
    label: 'Rank-stabilised',
    meaning: 'Multiply by alpha / √rank instead, so that a high rank does not learn too slowly.',
    source: 'Hugging Face',
  }),
  targets: noted(some(PROJECTIONS, [...PROJECTIONS]), {
    label: 'LoRA targets',
    meaning: 'The projections of each layer that get an adapter.',
    source: 'choice',
  }),
  /** The token that embeds, whose own row is trained; empty: the base's own last token, its row as it is. */
  embed_token: noted(line(60), {
    label: 'Embed token',
    meaning: 'The base’s token whose last state is the embedding, and whose own row is trained with the adapter.',
    source: 'paper',
  }),
});

/** The shape of the model, how a step computes it, and what it starts from. */
export const modelSchema = v.strictObject({
  model_type: noted(option(MODEL_TYPES, 'llama'), {
    label: 'Architecture',
    meaning: 'The decoder layer, as Hugging Face names it: qwen2 adds biases to q, k, v; qwen3 norms q and k.',
    source: 'choice',
  }),
  hidden_size: noted(whole(8, 1024, 64), {
    label: 'Width',
    meaning: 'Numbers in each position’s state, and in an embedding.',
    source: 'prototype',
    step: 16,
  }),
  intermediate_size: noted(whole(8, 4096, 172), {
    label: 'MLP width',
    meaning: 'Width inside each layer’s SwiGLU.',
    source: 'choice',
    step: 16,
  }),
  num_hidden_layers: noted(whole(1, 24, 3), { label: 'Layers', meaning: 'Decoder layers.', source: 'prototype' }),
  num_attention_heads: noted(whole(1, 64, 4), {
    label: 'Heads',
    meaning: 'Attention heads of each layer; they share the width.',
    source: 'prototype',
  }),
  num_key_value_heads: noted(whole(1, 64, 4), {
    label: 'Key-value heads',
    meaning: 'Heads that hold keys and values; fewer than heads is grouped-query attention.',
    source: 'prototype',
  }),
  rope_theta: noted(real(1, 10_000_000, 100), {
    label: 'RoPE base',
    meaning: 'Base of the rotary position embedding; small for short sequences.',
    source: 'prototype',
    geometric: true,
  }),
  rms_norm_eps: noted(real(1e-8, 0.01, 1e-5), {
    label: 'Norm epsilon',
    meaning: 'Added to the mean square before the root, against division by zero.',
    source: 'Hugging Face',
    geometric: true,
  }),
  tie_word_embeddings: noted(flag(true), {
    label: 'Tied head',
    meaning: 'The output layer reuses the word embeddings.',
    source: 'prototype',
  }),
  /** Standard deviation of every weight at the start; 0 is 1/√(its inputs), a matrix each. */
  initializer_range: noted(real(0, 1, 0), {
    label: 'First weights',
    meaning: 'Standard deviation of the weights before training; 0 gives each matrix 1/√(its inputs).',
    source: 'choice',
  }),
  max_position_embeddings: noted(whole(16, 2048, 64), {
    label: 'Context',
    meaning: 'The longest sequence the model takes.',
    source: 'choice',
    unit: 'tokens',
    geometric: true,
  }),
  /**
   * The activations of a training step: kept for the backward pass, or computed again there, layer by layer, with the
   * same bits.
   */
  activations: noted(option(ACTIVATIONS, 'keep'), {
    label: 'Activations',
    meaning: 'Kept for the backward pass, or computed again: a tenth of the memory, a third more time, the same bits.',
    source: 'choice',
  }),
  /** Parts that a training step's sequences are computed in, one after the other; their gradients are added up. */
  micro_batches: noted(whole(1, 4096, 1), {
    label: 'Micro-batches',
    meaning:
      'Parts that a step is computed in: activations for a part of its tokens, the same gradients but for last bits.',
    source: 'choice',
    geometric: true,
  }),
  /** The order in which its kernels add up: `config/numerics.ts`. */
  numerics: noted(whole(FIRST_NUMERICS, NEWEST_NUMERICS, FIRST_NUMERICS), {
    label: 'Order of sums',
    meaning:
      '2 takes long sums in parts, side by side, which fills a GPU; 1 is as recorded runs are. Each has last bits of its own.',
    source: 'choice',
  }),
  /** Whether its linear layers multiply halves (`config/compute.ts`); the name is that of transformers' `TrainingArguments`. */
  fp16: noted(flag(false), {
    label: 'fp16',
    meaning:
      'Linear layers multiply 16-bit floats, on a GPU that can; sums and weights stay f32, and the loss is scaled.',
    source: 'choice',
  }),
  base: v.optional(baseSchema, {}),
  adapter: v.optional(adapterSchema, {}),
  dtype: noted(option(BASE_DTYPES, 'f32'), {
    label: 'Base weights',
    meaning: 'How the frozen base lies on the GPU: as its file has it, or in f32, f16 or bf16.',
    source: 'choice',
  }),
});
