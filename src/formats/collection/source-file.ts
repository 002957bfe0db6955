import { InputError } from '../../lib/errors';
import { joined } from '../../lib/joined';

/** A file as the readers of collections take it, wherever it lies: a disk, a page, an archive. */
export interface SourceFile {
  /** Below the folder that was opened, with `/`. */
  path: string;
  /** The file's name in messages. */
  where: string;
  /** Number of bytes; null where it is only known after reading. */
  size: number | null;
  /** Reads the file in pieces, from its start at each call. @throws InputError where it cannot be read. */
  read(): AsyncIterable<Uint8Array>;
}

/** Bytes that are in memory already. */
export const memoryFile = (path: string, where: string, bytes: Uint8Array): SourceFile => ({
  path,
  where,
  size: bytes.length,
  read: async function* () {
    await Promise.resolve();
    yield bytes;
  },
});

/** Most bytes of documents that a host holds, and what it is, for the message. */
export interface Room {
  bytes: number;
  /** `a page`, `the command line`. */
  of: string;
}

/** Refuses what is bigger than memory, before it fills it. */
export class RoomCheck {
  private taken = 0;

  constructor(private readonly room: Room) {}

  /** @throws InputError where files whose size is known do not fit together. */
  expect(files: readonly SourceFile[]): void {
    const total = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
    if (total > this.room.bytes) this.refuse(files.length === 1 ? files[0]!.where : 'The documents', sizeText(total));
  }

  /** @throws InputError once more has come than fits. */
  take(bytes: number, { where }: SourceFile): void {
    this.taken += bytes;
    if (this.taken > this.room.bytes) this.refuse(where, `more than ${sizeText(this.room.bytes)}`);
  }

  /** A file's pieces, counted. */
  async *counted(file: SourceFile): AsyncGenerator<Uint8Array> {
    for await (const piece of file.read()) {
      this.take(piece.length, file);
      yield piece;
    }
  }

  private refuse(where: string, size: string): never {
    const { bytes, of } = this.room;
    throw new InputError(`${where}: ${size} of documents, expected at most ${sizeText(bytes)}, which ${of} can hold`);
  }
}

/** A whole file. @throws InputError where it is bigger than there is room for. */
export async function readWhole(file: SourceFile, room: RoomCheck): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of room.counted(file)) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : joined(pieces, Uint8Array);
}

/** `3.1 GB`, `12 MB`. */
function sizeText(bytes: number): string {
  const [unit, name] = bytes >= 1e9 ? [1e9, 'GB'] : bytes >= 1e6 ? [1e6, 'MB'] : [1e3, 'kB'];
  return `${(bytes / unit).toLocaleString('en', { maximumSignificantDigits: 3 })} ${name}`;
}
