import { corpusOf } from '../../config/tasks';
import { sha256 } from '../../lib/hash';
import type { StoreFolder } from './runs/files';
import { openOpfs } from './runs/opfs';
import type { RunStore } from './runs/run-store';

const FOLDER = 'search-r3-lab-documents';
const nameOf = (hash: string): string => `${hash}.jsonl`;

/** Documents that runs of this browser train on, a file each under their hash: kept as long as such a run is. */
export class OwnDocuments {
  constructor(private readonly folder: StoreFolder) {}

  /** Null where the browser denies it. */
  static async open(): Promise<OwnDocuments | null> {
    try {
      return new OwnDocuments(await openOpfs(FOLDER));
    } catch {
      return null;
    }
  }

  /** Null where they are not here, or not whole. */
  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.folder.read(nameOf(hash));
    return bytes && sha256(bytes) === hash ? bytes : null;
  }

  /** Whether they are here; whether they are whole, reading them tells. */
  async has(hash: string): Promise<boolean> {
    return (await this.folder.files()).has(nameOf(hash));
  }

  /** @throws where there is no room for them. */
  async keep(hash: string, bytes: Uint8Array): Promise<void> {
    const name = nameOf(hash);
    // A file is written once, from its start to its end: one of the right size is whole.
    if ((await this.folder.files()).get(name) === bytes.length) return;
    const file = await this.folder.open(name);
    try {
      file.truncate(0);
      file.write(0, bytes);
      file.flush();
    } finally {
      file.close();
    }
  }

  /** Of all of them. */
  async bytes(): Promise<number> {
    return [...(await this.folder.files()).values()].reduce((sum, size) => sum + size, 0);
  }

  async isEmpty(): Promise<boolean> {
    return (await this.folder.files()).size === 0;
  }

  /** Removes what none of these hashes names. */
  async prune(hashes: ReadonlySet<string>): Promise<void> {
    const kept = new Set([...hashes].map(nameOf));
    for (const name of (await this.folder.files()).keys()) if (!kept.has(name)) await this.folder.remove(name);
  }
}

/** Those of the runs that are kept; documents that no run is left of go. */
export async function keptDocuments(store: Promise<RunStore>): Promise<OwnDocuments | null> {
  const own = await OwnDocuments.open();
  // Most have none: then the runs need not be looked through as the page starts.
  if (!own || (await own.isEmpty())) return own;
  const runs = await (await store).list();
  const read = runs.flatMap(({ run }) => (run ? [corpusOf(run.session.task)] : []));
  if (read.length === runs.length) await own.prune(new Set(read)).catch(() => undefined);
  return own;
}
