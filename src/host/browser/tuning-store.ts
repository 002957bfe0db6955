import type { AdapterIdentity } from '../../gpu/gpu';
import { readTuning, tuningName } from '../../kernels/matmul/kept-tuning';
import type { Tuning } from '../../records/tuning';
import { writeFile, type StoreFolder } from './runs/files';
import { MemoryFolder } from './runs/memory-files';
import { openOpfs } from './runs/opfs';

const FOLDER = 'search-r3-lab-tuning';

/** Keeps tunings of this machine's adapters, a file each, from one visit to the next where the browser allows it. */
export class TuningStore {
  constructor(private readonly folder: Promise<StoreFolder>) {}

  static open(): TuningStore {
    return new TuningStore(openOpfs(FOLDER).catch(() => new MemoryFolder()));
  }

  /**
   * The kept tuning of an adapter; null where there is none that is used.
   * @param notice receives the sentence why one that is there is not used.
   */
  async read(adapter: AdapterIdentity, notice: (why: string) => void = () => undefined): Promise<Tuning | null> {
    const folder = await this.folder;
    // A file that cannot be opened now is as good as none: a tuning decides speed alone.
    const bytes = await folder.read(tuningName(adapter)).catch(() => null);
    return readTuning(bytes && new TextDecoder().decode(bytes), adapter, notice);
  }

  /** Keeps a tuning in the place of the one before. @throws StorageFullError */
  async keep(adapter: AdapterIdentity, tuning: Tuning): Promise<void> {
    const text = `${JSON.stringify(tuning, null, 2)}\n`;
    await writeFile(await this.folder, tuningName(adapter), new TextEncoder().encode(text));
  }

  async remove(adapter: AdapterIdentity): Promise<void> {
    await (await this.folder).remove(tuningName(adapter));
  }

  /** Bytes of all of them. */
  async bytes(): Promise<number> {
    const files = await (await this.folder).files();
    return [...files.values()].reduce((sum, size) => sum + size, 0);
  }
}
