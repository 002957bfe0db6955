import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../../scripts/vulkan.mjs';
import type { Session } from '../../config/session';
import { readCorpusAlone, type Corpus } from '../../formats/collection/read-collection';
import { InputError } from '../../lib/errors';
import { dataFilesOf } from '../../tasks/registry';
import { loadTaskData, type TaskData } from '../../tasks/task-data';
import { openSources, ROOM } from './files';

/**
 * The data of a session's task: from `public/` on disk, or the documents that the command names.
 * @param documents a folder or a file of one's own documents, for the task that trains on them.
 * @throws InputError where a file is missing or is not the one the task was made for.
 */
export async function readTaskData(task: Session['task'], documents: string | null = null): Promise<TaskData> {
  const own = documents === null ? null : await readOwnDocuments(documents);
  return loadTaskData(dataFilesOf(task), async ({ path, sha256: wanted }) => {
    if (task.name === 'text') {
      if (own === null) throw new InputError('--data: missing, expected the folder or corpus.jsonl to train on');
      if (own.hash === wanted) return own.bytes;
      throw new InputError(
        `--data: ${documents} is not what the session was made for, expected a corpus of hash ${wanted}`,
      );
    }
    try {
      return await readFile(join(repositoryRoot, 'public', path));
    } catch {
      throw new InputError(`public/${path}: not readable, expected the data of task ${task.name}`);
    }
  });
}

/** Names the documents in a session that leaves open which ones: those that the command was given. */
export async function withOwnDocuments(session: Session, documents: string | null): Promise<Session> {
  const { task } = session;
  if (documents === null) return session;
  if (task.name !== 'text') {
    throw new InputError(`--data: given with task ${task.name}, expected it with the task text alone`);
  }
  if (task.corpus !== '') return session;
  return { ...session, task: { ...task, corpus: (await readOwnDocuments(documents)).hash } };
}

export const readOwnDocuments = (path: string): Promise<Corpus> =>
  readCorpusAlone(openSources(path, 'documents in BEIR layout'), path, ROOM);
