import type { KeptModel } from '../models/api';
import type { Listener } from '../wire';

/**
 * Messages to the worker of the hub's page, which reads from one host and writes into this browser's store of models.
 */
export interface HubApi {
  /**
   * Lists what a model's repository holds at a revision, and pins the revision to its commit.
   * @throws InputError for a repository that is private, gated or missing, and where the host cannot be reached.
   */
  look(id: string, revision: string): Promise<HubModel>;
  /**
   * Fetches one choice of files and keeps it as a model. A connection that breaks is continued where it broke.
   * @throws InputError where a file is not what the hub says, or the files are no model; nothing is kept then.
   */
  take(model: HubModel, choice: number, listener: Listener<TakeProgress>): Promise<KeptModel>;
  /** Cancels `take`, which then rejects with a CancelledError; nothing is kept. */
  cancel(): void;
}

export interface HubFile {
  name: string;
  bytes: number;
  /** The file's hash as the hub gives it; null for small files. */
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
  /** What can be fetched, largest first; empty where it holds nothing that this lab reads. */
  choices: readonly HubChoice[];
}

export interface TakeProgress {
  file: string;
  /** Bytes of all files. */
  done: number;
  of: number;
  /** Why the transfer is waiting; null while bytes arrive. */
  waits: string | null;
}
