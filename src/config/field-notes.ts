import type { FieldNote } from '../settings/field-note';
import { STAGE_NOTES } from './field-notes-stages';

/** By path. A test holds this complete. */
export const FIELD_NOTES: Readonly<Record<string, FieldNote>> = {
  title: { label: 'Title', meaning: 'What you call this session; changes nothing in the run.', source: 'choice' },
  seed: {
    label: 'Seed',
    meaning: 'Everything random follows from it: the world, the start weights, the batches, the samples.',
    source: 'choice',
  },

  'model.model_type': {
    label: 'Architecture',
    meaning: 'The decoder layer, as Hugging Face names it: qwen2 adds biases to q, k, v; qwen3 norms q and k.',
    source: 'choice',
  },
  'model.hidden_size': {
    label: 'Width',
    meaning: 'Numbers in each position’s state, and in an embedding.',
    source: 'prototype',
    step: 16,
  },
  'model.intermediate_size': {
    label: 'MLP width',
    meaning: 'Width inside each layer’s SwiGLU.',
    source: 'choice',
    step: 16,
  },
  'model.num_hidden_layers': { label: 'Layers', meaning: 'Decoder layers.', source: 'prototype' },
  'model.num_attention_heads': {
    label: 'Heads',
    meaning: 'Attention heads of each layer; they share the width.',
    source: 'prototype',
  },
  'model.num_key_value_heads': {
    label: 'Key-value heads',
    meaning: 'Heads that hold keys and values; fewer than heads is grouped-query attention.',
    source: 'prototype',
  },
  'model.rope_theta': {
    label: 'RoPE base',
    meaning: 'Base of the rotary position embedding; small for short sequences.',
    source: 'prototype',
    geometric: true,
  },
  'model.rms_norm_eps': {
    label: 'Norm epsilon',
    meaning: 'Added to the mean square before the root, against division by zero.',
    source: 'Hugging Face',
    geometric: true,
  },
  'model.tie_word_embeddings': {
    label: 'Tied head',
    meaning: 'The output layer reuses the word embeddings.',
    source: 'prototype',
  },
  'model.initializer_range': {
    label: 'First weights',
    meaning: 'Standard deviation of the weights before training; 0 gives each matrix 1/√(its inputs).',
    source: 'choice',
  },
  'model.activations': {
    label: 'Activations',
    meaning: 'Kept for the backward pass, or computed again: a tenth of the memory, a third more time, the same bits.',
    source: 'choice',
  },
  'model.micro_batches': {
    label: 'Micro-batches',
    meaning:
      'Parts that a step is computed in: activations for a part of its tokens, the same gradients but for last bits.',
    source: 'choice',
    geometric: true,
  },
  'model.max_position_embeddings': {
    label: 'Context',
    meaning: 'The longest sequence the model takes.',
    source: 'choice',
    unit: 'tokens',
    geometric: true,
  },

  'model.base.sha256': {
    label: 'Base model',
    meaning: 'SHA-256 of the pre-trained model that training starts from; none where the model is born here.',
    source: 'choice',
  },
  'model.base.name': { label: 'Base name', meaning: 'What the base model is called.', source: 'choice' },
  'model.base.from': {
    label: 'Base source',
    meaning: 'Where the base model’s bytes came from, for whoever opens the link and lacks them.',
    source: 'choice',
  },
  'model.adapter.rank': {
    label: 'LoRA rank',
    meaning: 'Rows of each low-rank pair that is trained beside a frozen matrix; 0 trains all weights.',
    source: 'choice',
    geometric: true,
  },
  'model.adapter.alpha': {
    label: 'LoRA alpha',
    meaning: 'The adapter’s part is multiplied by alpha / rank.',
    source: 'choice',
    geometric: true,
  },
  'model.adapter.rslora': {
    label: 'Rank-stabilised',
    meaning: 'Multiply by alpha / √rank instead, so that a high rank does not learn too slowly.',
    source: 'Hugging Face',
  },
  'model.adapter.targets': {
    label: 'LoRA targets',
    meaning: 'The projections of each layer that get an adapter.',
    source: 'choice',
  },
  'model.adapter.embed_token': {
    label: 'Embed token',
    meaning: 'The base’s token whose last state is the embedding, and whose own row is trained with the adapter.',
    source: 'paper',
  },
  'model.dtype': {
    label: 'Base weights',
    meaning: 'How the frozen base lies on the GPU: as its file has it, or in f32, f16 or bf16.',
    source: 'choice',
  },

  'prompts.query': {
    label: 'Query prompt',
    meaning: 'What a query is asked with: {text} stands for it; without that it follows the prompt.',
    source: 'paper',
  },
  'prompts.document': {
    label: 'Document prompt',
    meaning: 'What a document is embedded with: {text} stands for it; without that it follows the prompt.',
    source: 'paper',
  },
  'prompts.chat': {
    label: 'Chat template',
    meaning: 'Write both as turns of the user in the base model’s own chat template.',
    source: 'paper',
  },
  'prompts.system': {
    label: 'System message',
    meaning: 'What stands before all, where the chat template takes one; empty leaves it to the template.',
    source: 'choice',
  },
  'prompts.thinking': {
    label: 'Thinking',
    meaning: 'What a chat template that asks for it is told: think, do not, or as it decides itself.',
    source: 'Hugging Face',
  },

  ...STAGE_NOTES,

  'environment.M': {
    label: 'Neighbours M',
    meaning: 'The most edges a document keeps in the graph.',
    source: 'prototype',
  },
  'environment.ef_construction': {
    label: 'Width of linking',
    meaning: 'Candidates kept while a document looks for its neighbours.',
    source: 'choice',
    geometric: true,
  },
  'environment.ef': {
    label: 'Width of search',
    meaning: 'Candidates kept while a query walks the graph.',
    source: 'prototype',
    geometric: true,
  },
  'environment.policy': {
    label: 'Refresh',
    meaning: 'Which documents are encoded anew: none, all each step, all now and then, or an affected region.',
    source: 'paper',
  },
  'environment.period': {
    label: 'Period',
    meaning: 'Steps between refreshes of the whole corpus under the periodic policy.',
    source: 'prototype',
    unit: 'steps',
  },
  'environment.budget': {
    label: 'Budget',
    meaning: 'Share of the corpus that the local policy may re-encode in a step.',
    source: 'prototype',
    step: 0.01,
  },
  'environment.oldest_share': {
    label: 'Share for the oldest',
    meaning: 'Part of the budget that goes to the documents encoded longest ago.',
    source: 'prototype',
  },
  'environment.ridge': {
    label: 'Ridge',
    meaning: 'Regularisation of the map that moves what was not re-encoded.',
    source: 'prototype',
    geometric: true,
  },
  'environment.compensate': {
    label: 'Compensate',
    meaning: 'Move every other document by what the re-encoded ones moved.',
    source: 'prototype',
  },
  'environment.audit_every': {
    label: 'Audit',
    meaning: 'Steps between comparisons with freshly encoded documents; 0 makes none.',
    source: 'choice',
    unit: 'steps',
    step: 5,
  },
  'environment.rank_every': {
    label: 'Rank while thinking',
    meaning: 'Steps between recordings of where the right document stood after each word written; 0 makes none.',
    source: 'choice',
    unit: 'steps',
    step: 5,
  },

  'evaluation.every': {
    label: 'Evaluate every',
    meaning: 'Steps between evaluations on held-out queries; 0 evaluates at the end alone.',
    source: 'choice',
    unit: 'steps',
    step: 25,
  },
  'evaluation.queries_per_depth': {
    label: 'Queries while training',
    meaning: 'Held-out dev queries of each depth in an evaluation on the way.',
    source: 'choice',
    unit: 'per depth',
    step: 16,
  },
  'evaluation.final_queries_per_depth': {
    label: 'Queries at the end',
    meaning: 'Held-out queries of each depth, dev and test, in the last evaluation.',
    source: 'choice',
    unit: 'per depth',
    step: 32,
  },
  'evaluation.bootstrap': {
    label: 'Bootstrap',
    meaning: 'Resamplings behind each confidence interval; 0 gives none.',
    source: 'choice',
    unit: 'samples',
    step: 500,
  },

  'checkpoint.every': {
    label: 'Checkpoint every',
    meaning: 'Steps between checkpoints; 0 keeps one at the end of each stage alone.',
    source: 'choice',
    unit: 'steps',
    step: 50,
  },
};
