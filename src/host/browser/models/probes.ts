import { writeFile, type StoreFolder } from '../runs/files';
import { MemoryFolder } from '../runs/memory-files';
import { openOpfs } from '../runs/opfs';
import { parseProbe } from '../../../tasks/world/data';

const FOLDER = 'search-r3-lab-probes';
const nameOf = (hash: string): string => `${hash}.json`;

/** Keeps what models know of the task world, a file each by the model's hash, so that each is probed once. */
export class Probes {
  constructor(private readonly folder: StoreFolder) {}

  static async open(): Promise<Probes> {
    return new Probes(await openOpfs(FOLDER).catch(() => new MemoryFolder()));
  }

  /** Reads a model's probe; null where there is none, or it was not written to its end. */
  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.folder.read(nameOf(hash));
    try {
      return bytes && parseProbe(bytes, nameOf(hash)).base.sha256 === hash ? bytes : null;
    } catch {
      return null;
    }
  }

  async keep(hash: string, bytes: Uint8Array): Promise<void> {
    await writeFile(this.folder, nameOf(hash), bytes);
  }

  async remove(hash: string): Promise<void> {
    if ((await this.folder.files()).has(nameOf(hash))) await this.folder.remove(nameOf(hash));
  }
}
