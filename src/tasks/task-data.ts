/** The bytes that some tasks are built from. The engine names them; a host reads them, and never the other way round. */
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';

/** A file that a task needs. Its hash is part of the task's identity: other bytes are refused. */
export interface DataFile {
  /** Below `public/` for what comes with the lab; a host may keep what a user supplied under names of its own. */
  path: string;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/** Contents by path; empty for a task that makes itself up. */
export type TaskData = ReadonlyMap<string, Uint8Array>;

export const NO_DATA: TaskData = new Map();

/**
 * Reads what a task needs.
 * @param read the host's way to the bytes; throws `InputError` where there are none.
 * @throws InputError for bytes other than those the task was made for.
 */
export async function loadTaskData(
  files: readonly DataFile[],
  read: (file: DataFile) => Promise<Uint8Array>,
): Promise<TaskData> {
  const loaded = files.map(async (file): Promise<[string, Uint8Array]> => {
    const bytes = await read(file);
    const found = sha256(bytes);
    if (found === file.sha256) return [file.path, bytes];
    throw new InputError(
      `${file.path}: its contents hash to ${found.slice(0, 12)}, expected ${file.sha256.slice(0, 12)}, the version that this lab was built with`,
    );
  });
  return new Map(await Promise.all(loaded));
}

/** The bytes of a file that the host must have loaded. */
export function dataAt(data: TaskData, { path }: DataFile): Uint8Array {
  const bytes = data.get(path);
  if (!bytes) throw new Error(`${path} was not loaded before the task that needs it`);
  return bytes;
}

/** The hash of the data with which a run's fingerprint starts; empty where there is no data. */
export function dataIdentity(data: TaskData): string {
  if (data.size === 0) return '';
  const hashes = [...data].map(([path, bytes]) => `${path}:${sha256(bytes)}`);
  return sha256(hashes.sort().join('\n'));
}
