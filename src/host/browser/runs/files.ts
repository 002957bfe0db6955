/** A file that only one worker has open. Calls are synchronous, as those of a sync access handle are. */
export interface OpenFile {
  size(): number;
  /** Reads a range. @returns fewer bytes where the file ends earlier. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  /** Writes all of `bytes`. @throws StorageFullError where there is no room; what was written until then stays. */
  write(offset: number, bytes: Uint8Array): void;
  truncate(size: number): void;
  /** Returns once the contents would survive a power cut. */
  flush(): void;
  close(): void;
}

/** A folder of stored files: in OPFS, or in memory where that is denied. */
export interface StoreFolder {
  /** Opens a file, and makes it where there is none. @throws where it is open elsewhere. */
  open(name: string): Promise<OpenFile>;
  /** Reads what a file holds now, also while it is being written; null where there is none. */
  read(name: string, offset?: number, length?: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** A file as a Blob, to be read later; null where there is none. */
  blob(name: string): Promise<Blob | null>;
  /** Number of bytes of each file, by name. */
  files(): Promise<Map<string, number>>;
  remove(name: string): Promise<void>;
  folders(): Promise<string[]>;
  /** Opens a subfolder, and makes it where there is none. */
  folder(name: string): Promise<StoreFolder>;
  removeFolder(name: string): Promise<void>;
}

/** Writes a whole file in the place of what it held. @throws StorageFullError */
export async function writeFile(folder: StoreFolder, name: string, bytes: Uint8Array): Promise<void> {
  const file = await folder.open(name);
  try {
    file.truncate(0);
    file.write(0, bytes);
    file.flush();
  } finally {
    file.close();
  }
}

/** The error for a full disk, or for a full share of what the browser allows this page. */
export class StorageFullError extends Error {
  override name = 'StorageFullError';
}
