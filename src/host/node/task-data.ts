import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../../scripts/vulkan.mjs';
import type { Session } from '../../config/session';
import { readCorpusAlone, type Corpus } from '../../formats/collection/read-collection';
import { InputError } from '../../lib/errors';
import { sha256 } from '../../lib/hash';
import { dataFilesOf } from '../../tasks/registry';
import { loadTaskData, type DataFile, type TaskData } from '../../tasks/task-data';
import { parseProbe } from '../../tasks/world/data';
import { PROBE_PATH } from '../../tasks/world/files';
import { openSources, ROOM } from './files';

/**
 * Reads the data of a session's task: from `public/` on disk, or the documents that the command names.
 * @param documents a folder or a file of the user's own documents, for the task that trains on them; a probe, for the
 * task world.
 * @throws InputError where a file is missing or is not the one the task was made for.
 */
export async function readTaskData(task: Session['task'], documents: string | null = null): Promise<TaskData> {
  const own = documents === null || task.name !== 'text' ? null : await readOwnDocuments(documents);
  return loadTaskData(dataFilesOf(task), async ({ path, sha256: wanted }) => {
    if (task.name === 'text') {
      if (own === null) throw new InputError('--data: missing, expected the folder or corpus.jsonl to train on');
      if (own.hash === wanted) return own.bytes;
      throw new InputError(
        `--data: ${documents} is not what the session was made for, expected a corpus of hash ${wanted}`,
      );
    }
    if (path !== PROBE_PATH) return readPublished({ path });
    if (documents === null) {
      throw new InputError('--data: missing, expected the probe.json that the run of the task world has');
    }
    return readProbeFile(documents);
  });
}

/** Reads a file that comes with the lab. @throws InputError */
export async function readPublished({ path }: Pick<DataFile, 'path'>): Promise<Uint8Array> {
  try {
    return await readFile(join(repositoryRoot, 'public', path));
  } catch {
    throw new InputError(`public/${path}: not readable, expected the data of a task`);
  }
}

async function readProbeFile(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch {
    throw new InputError(`${path}: not readable, expected the probe.json of a run of the task world`);
  }
  parseProbe(bytes, path);
  return bytes;
}

/** Writes the hash of the command's documents, or probe, into a session that leaves it open. */
export async function withOwnDocuments(session: Session, documents: string | null): Promise<Session> {
  const { task } = session;
  if (documents === null) return session;
  if (task.name !== 'text' && task.name !== 'world') {
    throw new InputError(`--data: given with task ${task.name}, expected it with the tasks text and world alone`);
  }
  if (task.corpus !== '') return session;
  const corpus =
    task.name === 'text' ? (await readOwnDocuments(documents)).hash : sha256(await readProbeFile(documents));
  return { ...session, task: { ...task, corpus } };
}

const readOwnDocuments = (path: string): Promise<Corpus> =>
  readCorpusAlone(openSources(path, 'documents in BEIR layout'), path, ROOM);
