/** A file that one worker has to itself. Calls are synchronous, as those of a sync access handle are. */
export interface OpenFile {
  size(): number;
  /** @returns fewer bytes where the file ends earlier. */
  read(offset: number, length: number): Uint8Array<ArrayBuffer>;
  /** All of it. @throws StorageFullError where there is no room; what was written of it until then stays. */
  write(offset: number, bytes: Uint8Array): void;
  truncate(size: number): void;
  /** Returns once it would outlive a power cut. */
  flush(): void;
  close(): void;
}

/** A folder of what the page keeps: in OPFS, or in memory where that is denied. */
export interface StoreFolder {
  /** Makes the file where there is none. @throws where somebody else has it open. */
  open(name: string): Promise<OpenFile>;
  /** What a file holds now, also while somebody else writes it; null where there is none. */
  read(name: string, offset?: number, length?: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** A file as it lies there, to be read later; null where there is none. */
  blob(name: string): Promise<Blob | null>;
  /** Bytes by name. */
  files(): Promise<Map<string, number>>;
  remove(name: string): Promise<void>;
  folders(): Promise<string[]>;
  /** Makes the folder where there is none. */
  folder(name: string): Promise<StoreFolder>;
  removeFolder(name: string): Promise<void>;
}

/** There is no room left on the disk, or in what the browser allows this page. */
export class StorageFullError extends Error {
  override name = 'StorageFullError';
}
