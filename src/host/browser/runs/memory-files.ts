import { StorageFullError, type StoreFolder, type OpenFile } from './files';

/** Limits of a `MemoryFolder`: tests use them to cut a file at any byte, or to fill the disk. */
export interface Limits {
  /** Number of bytes that can still be written. */
  room: number;
}

interface Contents {
  bytes: Uint8Array<ArrayBuffer>;
  size: number;
  isOpen: boolean;
}

/** A folder in memory that lasts as long as the worker, for pages that may keep nothing. */
export class MemoryFolder implements StoreFolder {
  private readonly contents = new Map<string, Contents>();
  private readonly children = new Map<string, MemoryFolder>();

  constructor(private readonly limits: Limits = { room: Infinity }) {}

  open(name: string): Promise<OpenFile> {
    let found = this.contents.get(name);
    if (!found) {
      found = { bytes: new Uint8Array(), size: 0, isOpen: false };
      this.contents.set(name, found);
    }
    if (found.isOpen) return Promise.reject(new Error(`${name} is open already`));
    found.isOpen = true;
    return Promise.resolve(new MemoryFile(found, this.limits));
  }

  read(name: string, offset = 0, length = Infinity): Promise<Uint8Array<ArrayBuffer> | null> {
    const found = this.contents.get(name);
    return Promise.resolve(found ? found.bytes.slice(offset, Math.min(found.size, offset + length)) : null);
  }

  blob(name: string): Promise<Blob | null> {
    const found = this.contents.get(name);
    return Promise.resolve(found ? new Blob([found.bytes.subarray(0, found.size)]) : null);
  }

  files(): Promise<Map<string, number>> {
    return Promise.resolve(new Map([...this.contents].map(([name, { size }]) => [name, size])));
  }

  remove(name: string): Promise<void> {
    this.limits.room += this.contents.get(name)?.size ?? 0;
    this.contents.delete(name);
    return Promise.resolve();
  }

  folders(): Promise<string[]> {
    return Promise.resolve([...this.children.keys()]);
  }

  folder(name: string): Promise<StoreFolder> {
    const found = this.children.get(name) ?? new MemoryFolder(this.limits);
    this.children.set(name, found);
    return Promise.resolve(found);
  }

  async removeFolder(name: string): Promise<void> {
    const found = this.children.get(name);
    if (!found) return;
    for (const file of found.contents.keys()) await found.remove(file);
    for (const child of found.children.keys()) await found.removeFolder(child);
    this.children.delete(name);
  }
}

class MemoryFile implements OpenFile {
  constructor(
    private readonly contents: Contents,
    private readonly limits: Limits,
  ) {}

  size(): number {
    return this.contents.size;
  }

  read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    return this.contents.bytes.slice(offset, Math.min(this.contents.size, offset + length));
  }

  write(offset: number, bytes: Uint8Array): void {
    const { contents, limits } = this;
    const growth = Math.max(0, offset + bytes.length - contents.size);
    const fits = growth <= limits.room ? bytes : bytes.subarray(0, Math.max(0, bytes.length - (growth - limits.room)));
    const end = offset + fits.length;
    if (end > contents.bytes.length) {
      const wider = new Uint8Array(Math.max(end, 2 * contents.bytes.length));
      wider.set(contents.bytes.subarray(0, contents.size));
      contents.bytes = wider;
    }
    contents.bytes.set(fits, offset);
    limits.room -= Math.max(0, end - contents.size);
    contents.size = Math.max(contents.size, end);
    if (fits.length < bytes.length) throw new StorageFullError('the memory is used up');
  }

  truncate(size: number): void {
    const { contents, limits } = this;
    if (size > contents.size) {
      this.write(contents.size, new Uint8Array(size - contents.size));
      return;
    }
    limits.room += contents.size - size;
    contents.bytes.fill(0, size, contents.size);
    contents.size = size;
  }

  flush(): void {
    // There is nothing slower behind it.
  }

  close(): void {
    this.contents.isOpen = false;
  }
}
