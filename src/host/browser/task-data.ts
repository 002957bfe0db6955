import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { isBrought } from '../../tasks/brought';
import { dataFilesOf } from '../../tasks/registry';
import { PROBE_PATH } from '../../tasks/world/files';
import { loadTaskData, type DataFile, type TaskData } from '../../tasks/task-data';
import type { RunListener, VocabularyProgress } from './messages';
import type { OwnDocuments } from './own-documents';
import { Vocabularies } from './vocabularies';

/** Fetches tasks' data from beside the page, under whatever path that is served, each file once. */
export class TaskFiles {
  private readonly vocabularies = new Vocabularies();
  private readonly loaded = new Map<string, Promise<Uint8Array>>();

  /** @param page the page's address, which differs from the worker's own. */
  constructor(
    readonly page: string,
    private readonly own: Promise<OwnDocuments | null> = Promise.resolve(null),
  ) {}

  /** The data of a task. @throws InputError where a file cannot be read or is not the one the task was made for. */
  of(task: Session['task']): Promise<TaskData> {
    return loadTaskData(dataFilesOf(task), (file) => this.read(file));
  }

  /**
   * The data of a session's task; where the task needs a vocabulary, that is learnt first, so that building the task is
   * quick.
   * @param signal aborts the learning.
   * @throws as `of` does; an AbortError where it was aborted.
   */
  async ready({ task }: Session, signal: AbortSignal, listener?: RunListener): Promise<TaskData> {
    const data = await this.of(task);
    const tell = listener && ((progress: VocabularyProgress) => listener({ kind: 'learning', progress }));
    await this.vocabularies.ready(task, data, signal, tell);
    return data;
  }

  /** Keeps data of this visit for the tasks built from it: opened documents, or a probe of a base. */
  keep(hash: string, bytes: Uint8Array): void {
    this.loaded.set(hash, Promise.resolve(bytes));
  }

  /** Whether a user's documents of this hash are here, stored or opened. */
  async holds(hash: string): Promise<boolean> {
    // What is still being read may turn out not to be here.
    const isLoaded = await this.loaded.get(hash)?.then(
      () => true,
      () => false,
    );
    return isLoaded ?? (await (await this.own)?.has(hash)) === true;
  }

  /** Stores the documents of a task beyond this visit, as far as the browser allows. @throws where there is no room. */
  async persist(task: Session['task']): Promise<void> {
    const own = await this.own;
    for (const file of dataFilesOf(task))
      if (own && isBrought(file)) await own.keep(file.sha256, await this.read(file));
  }

  /** Reads one file. @throws as `of` does. */
  read(file: DataFile): Promise<Uint8Array> {
    const known = this.loaded.get(file.sha256);
    if (known) return known;
    const reading = isBrought(file) ? this.readBrought(file) : this.fetch(file);
    this.loaded.set(file.sha256, reading);
    // A failure is not kept: the next try may find the network again. What was opened on the page meanwhile is.
    reading.catch(() => {
      if (this.loaded.get(file.sha256) === reading) this.loaded.delete(file.sha256);
    });
    return reading;
  }

  private async readBrought({ path, sha256 }: DataFile): Promise<Uint8Array> {
    const bytes = await (await this.own)?.read(sha256);
    if (bytes) return bytes;
    if (path === PROBE_PATH) {
      throw new InputError(
        'The task world is built from what its base knows, and that is not in this browser: the page of its model asks it, under Reason',
        'no-model',
      );
    }
    throw new InputError(
      'This session trains on documents that are not in this browser: choose them first',
      'no-documents',
    );
  }

  private async fetch({ path, sha256 }: DataFile): Promise<Uint8Array> {
    const url = new URL(path, this.page);
    // The hash keeps a cache from answering with another version.
    url.search = `?${sha256.slice(0, 12)}`;
    try {
      const response = await fetch(url);
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
    } catch {
      // Said below.
    }
    throw new InputError(`${path}: could not be loaded, expected the task's data beside the page`);
  }
}
