import { crc32 } from '../../../lib/crc32';
import { sha256 } from '../../../lib/hash';
import type { Model } from '../../../model/model';
import type { Task } from '../../../tasks/task';
import type { KeptVectors } from '../../../training/benchmark/model-rankings';
import type { StoreFolder } from '../runs/files';
import { openOpfs } from '../runs/opfs';

const FOLDER = 'search-r3-lab-embeddings';
/** The most bytes that are kept in all; beyond them other entries are removed. */
const MOST_BYTES = 256e6;
const CHECKSUM_BYTES = 4;

/** Keeps embeddings of collections, a file each under the hash of the model and of the documents. */
export class EncodedStore {
  constructor(private readonly folder: Promise<StoreFolder | null>) {}

  /** Opens the store of this browser; where storage is denied, a store that keeps nothing. */
  static open(): EncodedStore {
    return new EncodedStore(openOpfs(FOLDER).catch(() => null));
  }

  /** Bytes of all files. */
  async bytes(): Promise<number> {
    const files = await (await this.folder)?.files();
    return [...(files?.values() ?? [])].reduce((sum, size) => sum + size, 0);
  }

  /** The place of one key's embeddings; `reopened` says whether they were read from it. */
  under(key: string): KeptVectors & { readonly reopened: boolean } {
    let reopened = false;
    return {
      get reopened() {
        return reopened;
      },
      read: async (floats) => {
        const vectors = await this.read(key, floats);
        reopened = vectors !== null;
        return vectors;
      },
      keep: (vectors) => this.keep(key, vectors),
    };
  }

  /** Reads embeddings. @param floats their expected number. @returns null where they are missing, or not whole */
  async read(key: string, floats: number): Promise<Float32Array<ArrayBuffer> | null> {
    const bytes = await (await this.folder)?.read(key).catch(() => null);
    if (!bytes || bytes.length !== 4 * floats + CHECKSUM_BYTES) return null;
    const vectors = bytes.subarray(0, 4 * floats);
    const kept = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4 * floats);
    return crc32(vectors) === kept ? new Float32Array(vectors.slice().buffer) : null;
  }

  /** Keeps embeddings where there is room; without room they are simply computed again next time. */
  async keep(key: string, vectors: Float32Array): Promise<void> {
    const folder = await this.folder;
    const size = vectors.byteLength + CHECKSUM_BYTES;
    if (!folder || size > MOST_BYTES) return;
    try {
      const files = await folder.files();
      const all = [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
      if (all + size > MOST_BYTES) for (const name of files.keys()) await folder.remove(name);
      const file = await folder.open(key);
      try {
        const bytes = new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
        const checksum = new Uint8Array(CHECKSUM_BYTES);
        new DataView(checksum.buffer).setUint32(0, crc32(bytes));
        file.truncate(0);
        file.write(0, bytes);
        file.write(bytes.length, checksum);
        file.flush();
      } finally {
        file.close();
      }
    } catch {
      await folder.remove(key).catch(() => undefined);
    }
  }
}

/** The key of a model's embeddings of documents: a hash of its weights, its shape, its vocabulary and the documents. */
export async function encodedKey(model: Model, task: Task, corpus: string): Promise<string> {
  const pages = await model.weights.readPages();
  const weights = pages.map((page) => sha256(new Uint8Array(page.buffer, page.byteOffset, page.byteLength)));
  return sha256(JSON.stringify([weights, model.architecture, task.vocabulary, corpus]));
}
