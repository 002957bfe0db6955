import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { dataFilesOf } from '../../tasks/registry';
import { isOwn } from '../../tasks/text';
import { loadTaskData, type DataFile, type TaskData } from '../../tasks/task-data';

/** Fetches tasks' data from beside the page, whatever path it is served under, each file once. */
export class TaskFiles {
  private readonly loaded = new Map<string, Promise<Uint8Array>>();

  /** @param page the page's address; a worker's own is another. */
  constructor(private readonly page: string) {}

  /** @throws InputError where a file cannot be had or is not the one the task was made for. */
  of(task: Session['task']): Promise<TaskData> {
    return loadTaskData(dataFilesOf(task), (file) => this.read(file));
  }

  /** Keeps documents that were opened on the page, for a task that trains on them. */
  keep(hash: string, bytes: Uint8Array): void {
    this.loaded.set(hash, Promise.resolve(bytes));
  }

  private read(file: DataFile): Promise<Uint8Array> {
    const known = this.loaded.get(file.sha256);
    if (known) return known;
    if (isOwn(file)) {
      throw new InputError('the documents of this session are not open: open their folder in the Bench view first');
    }
    const reading = this.fetch(file);
    this.loaded.set(file.sha256, reading);
    // A failure is not kept: the next try may find the network again.
    reading.catch(() => this.loaded.delete(file.sha256));
    return reading;
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
