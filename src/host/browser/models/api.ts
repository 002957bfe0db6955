import type { Pooling } from '../../../records/pooling';
import type { MemoryPlan } from '../../../records/memory';
import type { Listener } from '../wire';

export type { MemoryPlan, PlanChoices } from '../../../records/memory';
export type { PromptsAsked, PromptsShown, ShownPrompt, ShownToken } from '../../../training/prompt-preview';

export interface PlannedModel {
  plan: MemoryPlan;
  /** The largest batch that fits, of those that are offered; 0 where none does. */
  largest: number;
  /** The fewest micro-batches in which the chosen batch fits a step of training; 0 where none do. */
  parts: number;
}

/** Bytes of weights, or questions of what it knows. */
export interface ReasonProgress {
  what: 'weights' | 'questions';
  done: number;
  of: number;
}

/** Bytes of weights, or documents. */
export interface EmbedProgress {
  what: 'weights' | 'documents';
  done: number;
  of: number;
}

export interface EmbeddedDocuments {
  /** The model's. */
  hash: string;
  /** The documents'. */
  corpus: string;
  documents: number;
  /** What they became: those longer than the model's context are several, of which the best counts. */
  passages: number;
  split: number;
  /** Documents that lost their end: an encoder's are not split. */
  truncated: number;
  dimensions: number;
  /** Whether the embeddings were kept from an earlier time. */
  reopened: boolean;
  /** What its folder puts before texts. */
  prompts: { query: string; document: string };
  /** What its user is to know of how it embeds. */
  notices: readonly string[];
  milliseconds: number;
}

export interface FoundDocument {
  id: string;
  title: string;
  /** Cut where it is long. */
  text: string;
  /** A cosine, or BM25's score. */
  score: number;
}
export interface ModelSearch {
  query: string;
  /** Whether the query was longer than the context. */
  isCut: boolean;
  model: readonly FoundDocument[];
  bm25: readonly FoundDocument[];
  milliseconds: number;
}

export interface AddProgress {
  /** The file that is being copied. */
  file: string;
  /** Bytes of all files. */
  done: number;
  of: number;
}
export type ModelListener = Listener<AddProgress>;

/** What is kept of a model beside its files. */
export interface KeptModel {
  /** SHA-256 of a file; of a folder, of the sorted hashes of what makes it what it is. */
  hash: string;
  kind: 'huggingface' | 'gguf';
  name: string;
  /** Where it came from: empty for a user's own files, else the address of what was fetched, with its commit. */
  from: string;
  /** Of all its files. */
  bytes: number;
  /** Milliseconds since 1970. */
  added: number;
  modelType: string;
  parameters: number;
  /** What most of its weights are. */
  dtype: string;
  licence: string | null;
}

/** Of its `config.json`. */
export interface ModelShape {
  model_type: string;
  vocab_size: number;
  hidden_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  num_key_value_heads: number;
  max_position_embeddings: number;
}

export interface ModelCard {
  model: KeptModel;
  arch: ModelShape;
  /** Whether it embeds and does nothing else, as a `bert` does. */
  isEncoder: boolean;
  /** Weights by dtype, most first. */
  dtypes: readonly { dtype: string; parameters: number; bytes: number }[];
  /** False where an untied model came without its head: it embeds and does not generate. */
  hasHead: boolean;
  /** Null where it has none; `refused` says why one that it has is not read. */
  tokenizer: { kind: string; size: number; refused: string | null } | null;
  /**
   * Whose final state is the embedding; null where nothing can be embedded. Both null within: a text's own last token,
   * where its folder says so, or, as `pooling` says, no single token's. `longest`: the most tokens of a text.
   */
  embeds: { token: string | null; id: number | null; pooling: Pooling; longest: number } | null;
  chatTemplate: string | null;
  files: readonly { name: string; bytes: number }[];
}
