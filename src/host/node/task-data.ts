import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../../scripts/vulkan.mjs';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { sha256 } from '../../lib/hash';
import { dataFilesOf } from '../../tasks/registry';
import { loadTaskData, type TaskData } from '../../tasks/task-data';
import { readBytes } from './files';

/**
 * The data of a session's task: from `public/` on disk, or the documents that the command names.
 * @param documents a folder in BEIR layout or its `corpus.jsonl`, for a task of one's own documents.
 * @throws InputError where a file is missing or is not the one the task was made for.
 */
export function readTaskData(task: Session['task'], documents: string | null = null): Promise<TaskData> {
  const own = documents === null ? null : readOwnDocuments(documents);
  return loadTaskData(dataFilesOf(task), async ({ path, sha256: wanted }) => {
    if (task.name === 'text') {
      if (own === null) throw new InputError('--data: missing, expected the folder or corpus.jsonl to train on');
      if (sha256(own) === wanted) return own;
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
export function withOwnDocuments(session: Session, documents: string | null): Session {
  const { task } = session;
  if (documents === null) return session;
  if (task.name !== 'text') {
    throw new InputError(`--data: given with task ${task.name}, expected it with the task text alone`);
  }
  return task.corpus === '' ? { ...session, task: { ...task, corpus: sha256(readOwnDocuments(documents)) } } : session;
}

function readOwnDocuments(path: string): Uint8Array {
  const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return readBytes(folder ? join(path, 'corpus.jsonl') : path, 'documents in BEIR layout');
}
