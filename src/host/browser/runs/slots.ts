import { crc32 } from '../../../lib/crc32';
import type { StoreFolder } from './files';

/** Magic, sequence, length, checksum of the content, checksum of the header before it. */
const HEADER_BYTES = 24;
const MAGIC = 0x53723353;

interface Found {
  slot: 0 | 1;
  sequence: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Keeps one content in two files, of which the newer whole one counts: a write goes to the other, so that at every
 * moment the last written content can be read.
 */
export class Slots {
  /** The slot that was written last; only this object writes to the folder. */
  private written: Omit<Found, 'bytes'> | null = null;

  constructor(
    private readonly folder: StoreFolder,
    private readonly name: string,
  ) {}

  /** Reads the content that was written last; null where nothing was ever written. */
  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    return (await this.newest())?.bytes ?? null;
  }

  /** Reads both contents where they are whole: the last written one, then the one before it. */
  async readAll(): Promise<Uint8Array<ArrayBuffer>[]> {
    return (await this.found()).map(({ bytes }) => bytes);
  }

  /** Writes new content. @throws StorageFullError; the content before it can still be read. */
  async write(content: Uint8Array): Promise<void> {
    const before = this.written ?? (await this.newest());
    const next = { slot: before?.slot === 0 ? 1 : 0, sequence: (before?.sequence ?? 0) + 1 } as const;
    const file = await this.folder.open(this.file(next.slot));
    try {
      // Without a header until the content is there.
      file.truncate(0);
      try {
        file.write(HEADER_BYTES, content);
        file.flush();
        file.write(0, header(next.sequence, content));
        file.flush();
      } catch (error) {
        file.truncate(0);
        throw error;
      }
      this.written = next;
    } finally {
      file.close();
    }
  }

  /** Deletes the older of the two. @returns whether there was one. */
  async dropOlder(): Promise<boolean> {
    const newest = this.written ?? (await this.newest());
    if (!newest) return false;
    const other = this.file(newest.slot === 0 ? 1 : 0);
    const size = (await this.folder.files()).get(other) ?? 0;
    await this.folder.remove(other);
    return size > 0;
  }

  async remove(): Promise<void> {
    await this.folder.remove(this.file(0));
    await this.folder.remove(this.file(1));
  }

  private file(slot: 0 | 1): string {
    return `${this.name}.${slot}`;
  }

  private async newest(): Promise<Found | null> {
    return (await this.found())[0] ?? null;
  }

  private async found(): Promise<Found[]> {
    const slots = ([0, 1] as const).map(async (slot): Promise<Found[]> => {
      const read = parse(await this.folder.read(this.file(slot)));
      return read ? [{ slot, ...read }] : [];
    });
    const found = (await Promise.all(slots)).flat();
    return found.sort((a, b) => b.sequence - a.sequence);
  }
}

function header(sequence: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, sequence);
  view.setFloat64(8, content.length);
  view.setUint32(16, crc32(content));
  view.setUint32(20, crc32(bytes.subarray(0, 20)));
  return bytes;
}

/** Reads a slot; null where it was not written to its end. */
function parse(file: Uint8Array<ArrayBuffer> | null): { sequence: number; bytes: Uint8Array<ArrayBuffer> } | null {
  if (!file || file.length < HEADER_BYTES) return null;
  const view = new DataView(file.buffer, file.byteOffset, HEADER_BYTES);
  if (view.getUint32(0) !== MAGIC || view.getUint32(20) !== crc32(file.subarray(0, 20))) return null;
  const bytes = file.subarray(HEADER_BYTES);
  if (view.getFloat64(8) !== bytes.length || view.getUint32(16) !== crc32(bytes)) return null;
  return { sequence: view.getUint32(4), bytes };
}
