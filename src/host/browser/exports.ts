import type { FileContents } from '../../formats/streamed-checkpoint';
import { bytesOfFiles, writeZip } from '../../formats/zip';
import { CancelledError, InputError } from '../../lib/errors';
import type { AddProgress } from './models/api';
import { StorageFullError, type StoreFolder } from './runs/files';
import { OwnLocks, WebLocks, type RunLocks } from './runs/locks';
import { MemoryFolder } from './runs/memory-files';
import { openOpfs } from './runs/opfs';

const FOLDER = 'search-r3-lab-exports';
const LOCKS = 'search-r3-lab/export/';
/**
 * Number of zips kept: the one on its way to the browser's downloads, and the one before it, which may not be fully
 * read.
 */
const KEPT = 2;

/**
 * Writes zips that are too large for the memory to this origin's storage, a piece at a time, and gives them to the page
 * as files; they last as long as this worker.
 */
export class Exports {
  private readonly names: string[] = [];

  private constructor(private readonly folder: StoreFolder) {}

  /** Opens the folder and removes what earlier workers left in it. */
  static async open(): Promise<Exports> {
    try {
      return await Exports.in(await openOpfs(FOLDER), new WebLocks(LOCKS));
    } catch {
      return new Exports(new MemoryFolder());
    }
  }

  static async in(root: StoreFolder, locks: RunLocks = new OwnLocks()): Promise<Exports> {
    const mine = crypto.randomUUID();
    await locks.take(mine);
    for (const name of await root.folders()) {
      const release = await locks.take(name);
      if (!release) continue;
      await root.removeFolder(name);
      release();
    }
    return new Exports(await root.folder(mine));
  }

  /**
   * Writes files as one zip.
   * @throws InputError where there is no room for it; CancelledError where `signal` aborts; nothing is left of it then.
   */
  async zip(
    files: ReadonlyMap<string, FileContents>,
    signal: AbortSignal,
    onProgress: (progress: AddProgress) => void,
  ): Promise<Blob> {
    const name = `${crypto.randomUUID()}.zip`;
    const of = bytesOfFiles(files);
    const file = await this.folder.open(name);
    let size = 0;
    let isWhole = false;
    try {
      const write = (bytes: Uint8Array): void => {
        file.write(size, bytes);
        size += bytes.length;
      };
      await writeZip(files, write, (entry, done) => {
        if (signal.aborted) throw new CancelledError('cancelled');
        onProgress({ file: entry, done, of });
      });
      file.flush();
      isWhole = true;
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      throw new InputError(
        `the download: the browser's storage is full, expected room for ${Math.ceil(of / 1e6).toLocaleString('en')} MB: delete a model or runs, or free the disk`,
      );
    } finally {
      file.close();
      if (!isWhole) await this.folder.remove(name);
    }
    this.names.push(name);
    for (const old of this.names.splice(0, this.names.length - KEPT)) await this.folder.remove(old);
    const blob = await this.folder.blob(name);
    if (!blob) throw new Error(`${name} is gone`);
    return blob;
  }
}
