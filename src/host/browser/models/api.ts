import type { ReasonTask, StartPrompts } from '../../../config/base-session';
import type { Session } from '../../../config/session';
import type { Pooling } from '../../../records/pooling';
import type { MemoryPlan, PlanChoices } from '../../../records/memory';
import type { PromptsAsked, PromptsShown } from '../../../training/prompt-preview';
import type { CollectionFile } from '../benchmark/api';
import type { Listener } from '../wire';

/** The models that this browser keeps. */
export interface ModelsApi {
  /** The newest first. */
  list(): Promise<KeptModel[]>;
  /**
   * Copies a model's files here, a piece at a time: a folder in Hugging Face layout, or a .gguf file with its splits. One
   * that is here already is found again by its hash. Whatever ends it early leaves nothing.
   * @param name of the folder or the file.
   * @throws InputError for what is no model that is read, and where there is no room for it.
   */
  add(name: string, files: readonly CollectionFile[], listener: ModelListener): Promise<KeptModel>;
  /** Ends `add` soon; it is rejected then with a CancelledError. */
  cancel(): void;
  /** What its files tell of it. @throws InputError where no such model is kept. */
  card(hash: string): Promise<ModelCard>;
  /**
   * What it would take on the GPU, without a device; nothing is loaded.
   * @param within bytes that there are thought to be.
   */
  plan(hash: string, choices: PlanChoices, within: number): Promise<PlannedModel>;
  /** How many of this many bytes a device grants now: they are asked for and freed again. An estimate. */
  granted(bytes: number): Promise<number>;
  /**
   * Loads a model and embeds the documents that are open in Bench, to search them; what was loaded before is released.
   * @throws InputError where nothing is open there, or for a model that cannot embed.
   */
  embed(hash: string, listener: Listener<EmbedProgress>): Promise<EmbeddedDocuments>;
  /** Searches what was embedded, without reasoning. */
  search(query: string, topK: number): Promise<ModelSearch>;
  /** Ends `embed`, which is rejected then with a CancelledError, or releases what it loaded. */
  release(): Promise<void>;
  /**
   * A session that teaches a model to reason on a task and to be rewarded for what it finds. For the task world the model is
   * asked first what it knows of it, which is kept with the model.
   * @param start what it reads beside a text; null for what the task begins with.
   * @throws InputError where the model cannot embed or write, does not read the task's words, or knows too little.
   */
  reason(
    hash: string,
    task: ReasonTask,
    start: StartPrompts | null,
    listener: Listener<ReasonProgress>,
  ): Promise<Session>;
  /**
   * How a kept model reads texts by a session's prompts, as text and as tokens; what cannot be written says why.
   * @throws InputError where the model has no tokenizer that is read.
   */
  prompts(hash: string, asked: PromptsAsked): Promise<PromptsShown>;
  /** Ends `reason`, which is rejected then with a CancelledError. */
  cancelReason(): void;
  /** For good. */
  remove(hash: string): Promise<void>;
}

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
