import { parseJsonObject } from '../../../formats/json';
import type { ModelFiles } from '../../../formats/model-files';
import { openAnyModel } from '../../../formats/open-model';
import type { AnyOpenedModel } from '../../../formats/opened-model';
import { CancelledError, InputError } from '../../../lib/errors';
import { StorageFullError, type StoreFolder } from '../runs/files';
import { OwnLocks, WebLocks, type RunLocks } from '../runs/locks';
import { MemoryFolder } from '../runs/memory-files';
import { openOpfs } from '../runs/opfs';
import type { AddProgress, KeptModel } from './api';
import { Draft } from './draft';
import { keptFiles } from './kept-files';
import { factsOf } from './model-facts';

const FOLDER = 'search-r3-lab-models';
const LOCKS = 'search-r3-lab/model/';
/** The file that is written last: a folder without it holds no model. */
const RECORD = 'model.json';
const FILES = 'files';
/** Bytes copied at a time. */
const PIECE = 2 ** 22;

export interface AddOptions {
  /** The model's source: an address, or empty for a user's own files. */
  from?: string;
  signal?: AbortSignal;
  onProgress?: (progress: AddProgress) => void;
}

/** The models that this browser keeps: a folder each, in OPFS, or in memory where the browser denies that. */
export class ModelStore {
  /** @param room bytes that may still be stored; null where the browser does not say. */
  constructor(
    private readonly root: StoreFolder,
    private readonly locks: RunLocks,
    private readonly room: () => Promise<number | null> = () => Promise.resolve(null),
  ) {}

  static async open(): Promise<ModelStore> {
    try {
      const store = new ModelStore(await openOpfs(FOLDER), new WebLocks(LOCKS), roomHere);
      await store.purge().catch(() => undefined);
      return store;
    } catch {
      return new ModelStore(new MemoryFolder(), new OwnLocks());
    }
  }

  /** The kept models, newest first. */
  async list(): Promise<KeptModel[]> {
    return (await this.records()).map(({ model }) => model).sort((a, b) => b.added - a.added);
  }

  /** A kept model's record. @throws InputError where no such model is kept. */
  async get(hash: string): Promise<KeptModel> {
    return (await this.find(hash)).model;
  }

  /** Reads a kept model's headers. @throws InputError where no such model is kept. */
  async model(hash: string): Promise<{ model: KeptModel; opened: AnyOpenedModel }> {
    const { id, model } = await this.find(hash);
    const folder = await (await this.root.folder(id)).folder(FILES);
    return { model, opened: await openAnyModel(await keptFiles(folder), model.name) };
  }

  async remove(hash: string): Promise<void> {
    for (const { id, model } of await this.records()) if (model.hash === hash) await this.root.removeFolder(id);
  }

  /** Removes unfinished folders, except those that are still being written. */
  async purge(): Promise<void> {
    const kept = new Set((await this.records()).map(({ id }) => id));
    for (const id of await this.root.folders()) {
      if (kept.has(id)) continue;
      const release = await this.locks.take(id);
      if (!release) continue;
      // It may have been finished since.
      if ((await this.record(id)) === null) await this.root.removeFolder(id);
      release();
    }
  }

  /**
   * Copies a model into the store and hashes it meanwhile; one that is there already is left as it is.
   * @param name the folder's or the file's, for messages and for the list.
   * @throws InputError for files that are no model, or where there is no room; nothing is left of it then.
   * @throws CancelledError where `signal` aborts.
   */
  async add(files: ModelFiles, name: string, options: AddOptions = {}): Promise<KeptModel> {
    const { signal, onProgress = () => undefined } = options;
    const names = namesToKeep(await openAnyModel(files, name));
    const of = names.reduce((sum, file) => sum + files.size(file), 0);
    return this.draft(name, of, options, async (draft) => {
      let done = 0;
      for (const file of names) {
        const target = await draft.file(file);
        const size = files.size(file);
        for (let at = 0; at < size; at += PIECE) {
          if (signal?.aborted) throw new CancelledError('cancelled');
          onProgress({ file, done, of });
          const bytes = await files.read(file, at, Math.min(at + PIECE, size));
          if (bytes.length !== Math.min(PIECE, size - at))
            throw new InputError(`${name}/${file}: it ends at byte ${at + bytes.length}, expected ${size} bytes`);
          target.append(bytes);
          done += bytes.length;
        }
        target.close();
      }
      if (signal?.aborted) throw new CancelledError('cancelled');
    });
  }

  /**
   * Lets `write` fill a draft of `bytes` bytes and keeps it as a model, or leaves nothing.
   * @throws InputError for files that are no model, or where there is no room; whatever `write` throws.
   */
  async draft(
    name: string,
    bytes: number,
    { from = '' }: Pick<AddOptions, 'from'>,
    write: (draft: Draft) => Promise<void>,
  ): Promise<KeptModel> {
    const left = await this.room();
    if (left !== null && bytes > left) throw noRoom(name, bytes, left);
    const id = crypto.randomUUID();
    const release = await this.locks.take(id);
    const folder = await this.root.folder(id);
    const draft = new Draft(await folder.folder(FILES));
    let isKept = false;
    try {
      await write(draft);
      const found = await draft.opened(name);
      const existing = (await this.records()).find(({ model }) => model.hash === found.hash);
      if (existing) return existing.model;
      const { hash, opened } = found;
      const facts = factsOf(opened);
      const model: KeptModel = {
        hash,
        kind: opened.kind,
        name,
        from,
        bytes: found.bytes,
        added: Date.now(),
        ...facts,
      };
      await writeRecord(folder, model);
      isKept = true;
      return model;
    } catch (error) {
      throw error instanceof StorageFullError ? noRoom(name, bytes, await this.room()) : error;
    } finally {
      draft.close();
      if (!isKept) await this.root.removeFolder(id).catch(() => undefined);
      release?.();
    }
  }

  private async find(hash: string): Promise<{ id: string; model: KeptModel }> {
    const found = (await this.records()).find(({ model }) => model.hash === hash);
    if (found) return found;
    throw new InputError(`model ${hash.slice(0, 12)}: not here, expected one of the models kept in this browser`);
  }

  private async records(): Promise<{ id: string; model: KeptModel }[]> {
    const found = await Promise.all(
      (await this.root.folders()).map(async (id) => ({ id, model: await this.record(id) })),
    );
    return found.flatMap(({ id, model }) => (model ? [{ id, model }] : []));
  }

  private async record(id: string): Promise<KeptModel | null> {
    const bytes = await (await this.root.folder(id)).read(RECORD).catch(() => null);
    return bytes && readRecord(bytes);
  }
}

const SMALL = /(^|\/)([^/]+\.(json|jinja|md|txt|model)|LICEN[CS]E[^/]*|NOTICE)$/i;
/**
 * Matches the paths that are kept: files in the root, and those in folders such as `1_Pooling`, where sentence
 * embedders keep their pooling.
 */
const FOLDERS = /^(\d+_\w+\/)?[^/]+$/;
const SMALL_BYTES = 2 ** 25;

/**
 * Names of the files that make the model, and of small files that describe it; other weights, such as another
 * framework's, are not copied.
 */
function namesToKeep({ parts, files }: AnyOpenedModel): string[] {
  const small = files.names.filter(
    (name) => !parts.includes(name) && FOLDERS.test(name) && SMALL.test(name) && files.size(name) <= SMALL_BYTES,
  );
  return [...small, ...parts];
}

const megabytes = (count: number): string => `${count.toLocaleString('en')} MB`;
const needed = (bytes: number): string => megabytes(Math.ceil(bytes / 1e6));

const noRoom = (name: string, bytes: number, left: number | null): InputError =>
  new InputError(
    left === null || left >= bytes
      ? `${name}: the browser's storage is full, expected room for ${needed(bytes)}: delete a model or runs, or free the disk`
      : `${name}: ${needed(bytes)}, and the browser leaves this page ${megabytes(Math.floor(left / 1e6))}, expected room for all of it: delete a model or runs`,
  );

async function roomHere(): Promise<number | null> {
  const { usage, quota } = await navigator.storage.estimate();
  return usage === undefined || quota === undefined ? null : Math.max(0, quota - usage);
}

async function writeRecord(folder: StoreFolder, model: KeptModel): Promise<void> {
  const file = await folder.open(RECORD);
  try {
    file.truncate(0);
    file.write(0, new TextEncoder().encode(JSON.stringify(model)));
    file.flush();
  } finally {
    file.close();
  }
}

/** Reads a model's record; null where it was not written to its end. */
function readRecord(bytes: Uint8Array): KeptModel | null {
  try {
    const record = parseJsonObject(bytes, RECORD);
    const { hash, kind, name, from, bytes: size, added, modelType, parameters, dtype, licence } = record;
    if (kind !== 'huggingface' && kind !== 'gguf') return null;
    if (typeof hash !== 'string' || typeof name !== 'string' || typeof from !== 'string') return null;
    if (typeof size !== 'number' || typeof added !== 'number' || typeof parameters !== 'number') return null;
    if (typeof modelType !== 'string' || typeof dtype !== 'string') return null;
    const named = typeof licence === 'string' ? licence : null;
    return { hash, kind, name, from, bytes: size, added, modelType, parameters, dtype, licence: named };
  } catch {
    return null;
  }
}
