import { joined } from '../../../lib/joined';
import { leading } from '../../../lib/ascending';
import { crc32 } from '../../../lib/crc32';
import { JOURNAL_FILES, JOURNAL_NAMES, type JournalName } from '../../../runs/journal-files';
import { StorageFullError, type StoreFolder, type OpenFile } from './files';

const INDEX = 'index.bin';
const ENTRY_BYTES = 28;

/**
 * A range of a journal that was appended at once. A long run has tens of thousands of them, which keep one object
 * shape: no field is ever removed.
 */
interface Entry {
  name: JournalName;
  step: number;
  offset: number;
  length: number;
  sum: number;
  /** Its bytes while there is no room for them on the disk, else null. */
  waiting: Uint8Array<ArrayBuffer> | null;
}

/** Reads a range of a file. */
type Read = (file: string, offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * An index of a run's journals: which range holds which step. It is a file of its own with a checksum over every range,
 * so that what was cut short or damaged is not taken for a record; the journals stay plain lines.
 */
export class JournalIndex {
  protected readonly entries = new Map<JournalName, Entry[]>(JOURNAL_NAMES.map((name) => [name, []]));
  protected indexed = 0;

  protected constructor(private readonly source: Read) {}

  /** Reads the index of a folder's journals, also while they are being written. */
  static async read(folder: StoreFolder): Promise<JournalIndex> {
    const index = new JournalIndex(async (file, offset, length) => {
      return (await folder.read(file, offset, length)) ?? new Uint8Array();
    });
    await index.readFrom(folder);
    return index;
  }

  /** Reads the entries that were appended since. */
  async readFrom(folder: StoreFolder): Promise<void> {
    const bytes = (await folder.read(INDEX, this.indexed)) ?? new Uint8Array();
    // Looked at after the index: ranges are written before the entries that name them.
    this.take(bytes, await folder.files());
  }

  /** Steps with a record, ascending. */
  steps(name: JournalName): number[] {
    return [...new Set(this.of(name).map(({ step }) => step))];
  }

  get lastStep(): number {
    return this.of('metrics').at(-1)?.step ?? 0;
  }

  /** All bytes that were appended for a step; empty where there are none. @throws Error where they are damaged. */
  async read(name: JournalName, step: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.join(this.of(name).slice(this.from(name, step), this.from(name, step + 1)));
  }

  /** A whole journal. @throws Error where it is damaged. */
  async readAll(name: JournalName): Promise<Uint8Array<ArrayBuffer>> {
    return this.join(this.of(name));
  }

  protected of(name: JournalName): Entry[] {
    return this.entries.get(name)!;
  }

  /** Place of the first entry at `step` or after it. */
  protected from(name: JournalName, step: number): number {
    const entries = this.of(name);
    return leading(entries.length, (at) => entries[at]!.step < step);
  }

  private async join(entries: readonly Entry[]): Promise<Uint8Array<ArrayBuffer>> {
    return joined(await Promise.all(entries.map((entry) => this.bytesOf(entry))), Uint8Array);
  }

  private async bytesOf({ name, step, offset, length, sum, waiting }: Entry): Promise<Uint8Array<ArrayBuffer>> {
    if (waiting) return waiting;
    const file = JOURNAL_FILES[name];
    const bytes = await this.source(file, offset, length);
    if (bytes.length !== length || crc32(bytes) !== sum) {
      throw new Error(`${file} is damaged at step ${step}: its checksum does not agree`);
    }
    return bytes;
  }

  /** Adds entries up to the first that is not whole, or whose range is missing: a power cut may lose any of them. */
  private take(bytes: Uint8Array<ArrayBuffer>, sizes: ReadonlyMap<string, number>): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      if (view.getUint32(at + 24) !== crc32(bytes.subarray(at, at + 24))) return;
      const name = JOURNAL_NAMES[view.getUint32(at)];
      if (name === undefined) return;
      const entry: Entry = {
        name,
        step: view.getUint32(at + 4),
        offset: view.getFloat64(at + 8),
        length: view.getUint32(at + 16),
        sum: view.getUint32(at + 20),
        waiting: null,
      };
      if (entry.offset + entry.length > (sizes.get(JOURNAL_FILES[name]) ?? 0)) return;
      this.of(name).push(entry);
      this.indexed += ENTRY_BYTES;
    }
  }
}

/** The journals of the run that this worker writes. */
export class Journal extends JournalIndex {
  private full = false;
  /** Entries that wait for room on the disk, in the order they came. */
  private queue: Entry[] = [];

  private constructor(
    private readonly index: OpenFile,
    private readonly open: ReadonlyMap<JournalName, OpenFile>,
  ) {
    const byFile = new Map([...open].map(([name, file]) => [JOURNAL_FILES[name] as string, file]));
    super((file, offset, length) => Promise.resolve(byFile.get(file)?.read(offset, length) ?? new Uint8Array()));
  }

  /** Opens the journals of a folder for writing; what was cut short at their ends is overwritten. */
  static async open(folder: StoreFolder): Promise<Journal> {
    const opening = JOURNAL_NAMES.map(async (name) => [name, await folder.open(JOURNAL_FILES[name])] as const);
    const journal = new Journal(await folder.open(INDEX), new Map(await Promise.all(opening)));
    await journal.readFrom(folder);
    return journal;
  }

  /** Whether entries wait in memory for room on the disk. */
  get isFull(): boolean {
    return this.full;
  }

  /** Appends a record. Where there is no room it waits in memory, and is read from there. @returns false then. */
  append(name: JournalName, step: number, bytes: Uint8Array<ArrayBuffer>): boolean {
    if (bytes.length > 0) {
      const entries = this.of(name);
      const last = entries.at(-1);
      const offset = last ? last.offset + last.length : 0;
      const entry: Entry = { name, step, offset, length: bytes.length, sum: crc32(bytes), waiting: bytes };
      entries.push(entry);
      this.queue.push(entry);
    }
    return !this.full && this.retry();
  }

  /** Writes the waiting entries. @returns whether all of them are on the disk now. */
  retry(): boolean {
    this.full = false;
    try {
      for (let entry = this.queue[0]; entry; entry = this.queue[0]) {
        this.write(entry);
        this.queue.shift();
      }
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      this.full = true;
    }
    return !this.full;
  }

  /**
   * Removes everything after `step`, at which a checkpoint was kept: all that came before it was appended before it.
   */
  cut(step: number): void {
    for (const name of JOURNAL_NAMES) this.of(name).splice(this.from(name, step + 1));
    const all = JOURNAL_NAMES.flatMap((name) => this.of(name));
    this.queue = this.queue.filter((entry) => entry.step <= step);
    // The index first: a range that no entry names is overwritten, an entry without its range would be damage.
    this.indexed = ENTRY_BYTES * (all.length - this.queue.length);
    this.index.truncate(this.indexed);
    this.index.flush();
    for (const name of JOURNAL_NAMES) {
      const last = this.of(name).findLast(({ waiting }) => waiting === null);
      this.open.get(name)!.truncate(last ? last.offset + last.length : 0);
    }
    this.flush();
  }

  /** Makes the records durable first, then the index that names them. */
  flush(): void {
    for (const file of this.open.values()) file.flush();
    this.index.flush();
  }

  close(): void {
    for (const file of this.open.values()) file.close();
    this.index.close();
  }

  private write(entry: Entry): void {
    if (!entry.waiting) return;
    const { name, step, offset, length, sum } = entry;
    this.open.get(name)!.write(offset, entry.waiting);
    const bytes = new Uint8Array(ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, JOURNAL_NAMES.indexOf(name));
    view.setUint32(4, step);
    view.setFloat64(8, offset);
    view.setUint32(16, length);
    view.setUint32(20, sum);
    view.setUint32(24, crc32(bytes.subarray(0, 24)));
    this.index.write(this.indexed, bytes);
    this.indexed += ENTRY_BYTES;
    entry.waiting = null;
  }
}
