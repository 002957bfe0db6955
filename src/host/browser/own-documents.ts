import { corpusOf } from '../../config/tasks';
import { sha256 } from '../../lib/hash';
import { writeFile, type StoreFolder } from './runs/files';
import { openOpfs } from './runs/opfs';
import type { RunStore } from './runs/run-store';

const FOLDER = 'search-r3-lab-documents';
const nameOf = (hash: string): string => `${hash}.jsonl`;

/**
 * Keeps the users' own documents that runs of this browser train on, a file each under their hash, for as long as such
 * a run is kept.
 */
export class OwnDocuments {
  constructor(private readonly folder: StoreFolder) {}

  /** Opens the storage; null where the browser denies it. */
  static async open(): Promise<OwnDocuments | null> {
    try {
      return new OwnDocuments(await openOpfs(FOLDER));
    } catch {
      return null;
    }
  }

  /** Reads documents; null where they are missing, or not whole. */
  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.folder.read(nameOf(hash));
    return bytes && sha256(bytes) === hash ? bytes : null;
  }

  /** Whether documents are here; reading them shows whether they are whole. */
  async has(hash: string): Promise<boolean> {
    return (await this.folder.files()).has(nameOf(hash));
  }

  /** Keeps documents. @throws where there is no room for them. */
  async keep(hash: string, bytes: Uint8Array): Promise<void> {
    const name = nameOf(hash);
    // A file is written once, from its start to its end: one of the right size is whole.
    if ((await this.folder.files()).get(name) === bytes.length) return;
    await writeFile(this.folder, name, bytes);
  }

  /** Bytes of all documents. */
  async bytes(): Promise<number> {
    return [...(await this.folder.files()).values()].reduce((sum, size) => sum + size, 0);
  }

  async isEmpty(): Promise<boolean> {
    return (await this.folder.files()).size === 0;
  }

  /** Removes the documents whose hash is not in `hashes`. */
  async prune(hashes: ReadonlySet<string>): Promise<void> {
    const kept = new Set([...hashes].map(nameOf));
    for (const name of (await this.folder.files()).keys()) if (!kept.has(name)) await this.folder.remove(name);
  }
}

/** Opens the storage and removes the documents of runs that are no longer kept. */
export async function keptDocuments(store: Promise<RunStore>): Promise<OwnDocuments | null> {
  const own = await OwnDocuments.open();
  // Most have none: then the runs need not be looked through as the page starts.
  if (!own || (await own.isEmpty())) return own;
  const runs = await (await store).list();
  const read = runs.flatMap(({ run }) => (run ? [corpusOf(run.session.task)] : []));
  if (read.length === runs.length) await own.prune(new Set(read)).catch(() => undefined);
  return own;
}
