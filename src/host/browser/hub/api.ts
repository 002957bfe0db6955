import type { KeptModel } from '../models/api';
import type { Listener } from '../wire';

/** What the worker of the hub's page does: it asks one host and writes into this browser's store of models. */
export interface HubApi {
  /**
   * What a model's repository holds at a revision, which is pinned to its commit by this.
   * @throws InputError for one that is private, gated or not there, and where the host cannot be reached.
   */
  look(id: string, revision: string): Promise<HubModel>;
  /**
   * Fetches a choice of it and keeps it. A connection that breaks is taken up again where it broke.
   * @throws InputError where a file is not what the hub says it is, or is no model; nothing is kept then.
   */
  take(model: HubModel, choice: number, listener: Listener<TakeProgress>): Promise<KeptModel>;
  /** Ends `take`, which is rejected then with a CancelledError; nothing is kept. */
  cancel(): void;
}

export interface HubFile {
  name: string;
  bytes: number;
  /** As the hub tells it; null for small files. */
  sha256: string | null;
}

/** Files that make one model: a folder in Hugging Face layout, or a GGUF file with its splits. */
export interface HubChoice {
  label: string;
  files: readonly HubFile[];
  bytes: number;
}

export interface HubModel {
  id: string;
  /** The commit, which never changes. */
  commit: string;
  licence: string | null;
  /** The smallest last; empty where it holds nothing that is read. */
  choices: readonly HubChoice[];
}

export interface TakeProgress {
  file: string;
  /** Bytes of all files. */
  done: number;
  of: number;
  /** Why nothing comes just now; null while it comes. */
  waits: string | null;
}
