import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../../../scripts/vulkan.mjs';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { dataFilesOf } from '../../tasks/registry';
import { loadTaskData, type TaskData } from '../../tasks/task-data';

/**
 * The data of a session's task, from `public/` on disk.
 * @throws InputError where a file is missing or is not the one the task was made for.
 */
export const readTaskData = (task: Session['task']): Promise<TaskData> =>
  loadTaskData(dataFilesOf(task), async ({ path }) => {
    try {
      return await readFile(join(repositoryRoot, 'public', path));
    } catch {
      throw new InputError(`public/${path}: not readable, expected the data of task ${task.name}`);
    }
  });
