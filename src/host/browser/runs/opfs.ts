import { StorageFullError, type StoreFolder, type OpenFile } from './files';

const OPEN_TRIES = 20;
const OPEN_WAIT_MS = 100;
const READ_TRIES = 3;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

/** Opens a folder in the origin private file system. @throws where the browser denies it. */
export async function openOpfs(name: string): Promise<StoreFolder> {
  const root = await navigator.storage.getDirectory();
  return new OpfsFolder(await root.getDirectoryHandle(name, { create: true }));
}

class OpfsFolder implements StoreFolder {
  constructor(private readonly handle: FileSystemDirectoryHandle) {}

  async open(name: string): Promise<OpenFile> {
    const file = await this.handle.getFileHandle(name, { create: true });
    for (let left = OPEN_TRIES; ; left--) {
      try {
        return new OpfsFile(await file.createSyncAccessHandle());
      } catch (error) {
        // A worker that was just ended releases its files a moment later.
        if (left === 0 || nameOf(error) !== 'NoModificationAllowedError') throw error;
        await new Promise((resolve) => setTimeout(resolve, OPEN_WAIT_MS));
      }
    }
  }

  async read(name: string, offset = 0, length = Infinity): Promise<Uint8Array<ArrayBuffer> | null> {
    for (let left = READ_TRIES; ; left--) {
      try {
        const file = await (await this.handle.getFileHandle(name)).getFile();
        const end = Math.min(file.size, offset + length);
        return new Uint8Array(await file.slice(Math.min(offset, end), end).arrayBuffer());
      } catch (error) {
        if (nameOf(error) === 'NotFoundError') return null;
        // Written to between the two calls.
        if (left === 0) throw error;
      }
    }
  }

  async blob(name: string): Promise<Blob | null> {
    try {
      return await (await this.handle.getFileHandle(name)).getFile();
    } catch (error) {
      ifMissing(error);
      return null;
    }
  }

  async files(): Promise<Map<string, number>> {
    const sizes: Promise<[string, number]>[] = [];
    for await (const [name, entry] of this.handle.entries()) {
      if (entry instanceof FileSystemFileHandle) sizes.push(entry.getFile().then(({ size }) => [name, size]));
    }
    return new Map(await Promise.all(sizes));
  }

  async remove(name: string): Promise<void> {
    await this.handle.removeEntry(name).catch(ifMissing);
  }

  async folders(): Promise<string[]> {
    const names: string[] = [];
    for await (const [name, entry] of this.handle.entries()) if (entry.kind === 'directory') names.push(name);
    return names;
  }

  async folder(name: string): Promise<StoreFolder> {
    return new OpfsFolder(await this.handle.getDirectoryHandle(name, { create: true }));
  }

  async removeFolder(name: string): Promise<void> {
    await this.handle.removeEntry(name, { recursive: true }).catch(ifMissing);
  }
}

function ifMissing(error: unknown): void {
  if (nameOf(error) !== 'NotFoundError') throw error;
}

class OpfsFile implements OpenFile {
  constructor(private readonly handle: FileSystemSyncAccessHandle) {}

  size(): number {
    return this.handle.getSize();
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size() - offset)));
    return bytes.subarray(0, this.handle.read(bytes, { at: offset }));
  }

  write(offset: number, bytes: Uint8Array): void {
    try {
      let done = 0;
      while (done < bytes.length) {
        const written = this.handle.write(bytes.slice(done), { at: offset + done });
        if (written === 0) throw new StorageFullError('nothing more could be written');
        done += written;
      }
    } catch (error) {
      throw nameOf(error) === 'QuotaExceededError' ? new StorageFullError('the quota is used up') : error;
    }
  }

  truncate(size: number): void {
    this.handle.truncate(size);
  }

  flush(): void {
    this.handle.flush();
  }

  close(): void {
    this.handle.close();
  }
}
