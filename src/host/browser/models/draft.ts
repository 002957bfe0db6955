import { modelHash } from '../../../formats/huggingface-model';
import { openAnyModel } from '../../../formats/open-model';
import type { AnyOpenedModel } from '../../../formats/opened-model';
import { InputError } from '../../../lib/errors';
import { Sha256 } from '../../../lib/hash';
import type { StoreFolder, OpenFile } from '../runs/files';
import { fileName, keptFiles } from './kept-files';

/** One file of a draft: written from start to end, and hashed while it is written. */
export class DraftFile {
  private readonly hash = new Sha256();
  private written = 0;
  private digest: string | null = null;

  constructor(private readonly file: OpenFile) {}

  /** Number of bytes written, which is where to continue. */
  get size(): number {
    return this.written;
  }

  /** Appends bytes. @throws StorageFullError */
  append(bytes: Uint8Array): void {
    this.file.write(this.written, bytes);
    this.hash.add(bytes);
    this.written += bytes.length;
  }

  /** Closes the file. @returns its SHA-256. */
  close(): string {
    if (this.digest !== null) return this.digest;
    this.digest = this.hash.digest();
    try {
      this.file.flush();
    } finally {
      this.file.close();
    }
    return this.digest;
  }
}

/**
 * The files of a model while they are written into the store. Whoever begins a draft ends it by `finish` or `discard`.
 */
export class Draft {
  private readonly written = new Map<string, DraftFile>();

  constructor(private readonly folder: StoreFolder) {}

  async file(name: string): Promise<DraftFile> {
    const file = await this.folder.open(fileName(name));
    file.truncate(0);
    const draft = new DraftFile(file);
    this.written.set(name, draft);
    return draft;
  }

  /**
   * Opens the written files as a model.
   * @throws InputError where they are no model, or have other bytes than were written.
   */
  async opened(where: string): Promise<{ opened: AnyOpenedModel; hash: string; bytes: number }> {
    const digests = new Map([...this.written].map(([name, file]) => [name, file.close()]));
    const files = await keptFiles(this.folder);
    for (const [name, { size }] of this.written) {
      if (files.size(name) !== size)
        throw new InputError(`${where}/${name}: ${files.size(name)} bytes were kept, expected ${size}`);
    }
    const opened = await openAnyModel(files, where);
    const hash = modelHash(opened.parts.map((name) => digests.get(name)!));
    return { opened, hash, bytes: files.names.reduce((sum, name) => sum + files.size(name), 0) };
  }

  /** Closes its open files, so that the folder can be removed. */
  close(): void {
    for (const file of this.written.values()) {
      try {
        file.close();
      } catch {
        // A full disk: what was written is removed.
      }
    }
  }
}
