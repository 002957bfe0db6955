import type { Pooling } from '../../../records/pooling';
import type { MemoryPlan } from '../../../records/memory';
import type { Listener } from '../wire';

export type { MemoryPlan, PlanChoices } from '../../../records/memory';
export type { PromptsAsked, PromptsShown, ShownPrompt, ShownToken } from '../../../training/prompt-preview';

export interface PlannedModel {
  plan: MemoryPlan;
  /** The largest of the offered batches that fits; 0 where none does. */
  largest: number;
  /** The fewest micro-batches in which a training step of the chosen batch fits; 0 where it never fits. */
  parts: number;
}

/** Progress of preparing a base: bytes of its weights, or questions of what it knows. */
export interface ReasonProgress {
  what: 'weights' | 'questions';
  done: number;
  of: number;
}

/** Progress of embedding: bytes of weights, or documents. */
export interface EmbedProgress {
  what: 'weights' | 'documents';
  done: number;
  of: number;
}

export interface EmbeddedDocuments {
  /** The model's hash. */
  hash: string;
  /** The documents' hash. */
  corpus: string;
  documents: number;
  /** Number of passages: a document longer than the model's context has several, of which the best counts. */
  passages: number;
  split: number;
  /** Number of documents that lost their end: an encoder's are not split. */
  truncated: number;
  dimensions: number;
  /** Whether the embeddings were kept from an earlier visit. */
  reopened: boolean;
  /** The prompts that its folder puts before texts. */
  prompts: { query: string; document: string };
  /** Sentences that the user should know of how it embeds. */
  notices: readonly string[];
  milliseconds: number;
}

export interface FoundDocument {
  id: string;
  title: string;
  /** The document's text, cut where it is long. */
  text: string;
  /** The score: a cosine, or BM25's. */
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
  /** SHA-256 of a file; for a folder, of the sorted hashes of the files that make the model. */
  hash: string;
  kind: 'huggingface' | 'gguf';
  name: string;
  /** The model's source: empty for a user's own files, else the address it was fetched from, with its commit. */
  from: string;
  /** Bytes of all its files. */
  bytes: number;
  /** Milliseconds since 1970. */
  added: number;
  modelType: string;
  parameters: number;
  /** The dtype of most of its weights. */
  dtype: string;
  licence: string | null;
}

/** The shape of a model, from its `config.json`. */
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
  /** Whether it only embeds, as a `bert` does. */
  isEncoder: boolean;
  /** Weights by dtype, most first. */
  dtypes: readonly { dtype: string; parameters: number; bytes: number }[];
  /** Whether it can generate; false where an untied model came without its head. */
  hasHead: boolean;
  /** Its tokenizer; null where it has none. `refused` says why a tokenizer is not supported. */
  tokenizer: { kind: string; size: number; refused: string | null } | null;
  /**
   * How it embeds a text; null where nothing can be embedded. `token` and `id`: the token whose final hidden state is
   * the embedding, null where a text's own last token embeds it, as its folder says, or where `pooling` uses no single
   * token. `longest`: the most tokens of a text.
   */
  embeds: { token: string | null; id: number | null; pooling: Pooling; longest: number } | null;
  chatTemplate: string | null;
  files: readonly { name: string; bytes: number }[];
}
