import type { Session } from '../config/session';
import { definitionOf } from '../config/tasks';
import { createAtlasFacts } from './atlas-facts/task';
import { createAtlasWalk } from './atlas-walk/task';
import { createKin } from './kin/task';
import { createReverse } from './reverse/task';
import { createText, unreadText } from './text/task';
import { createWorld } from './world/task';
import type { Task } from './task';
import { NO_DATA, type DataFile, type TaskData } from './task-data';
import type { Unread } from './unread';

/** The files that the task of these settings is built from: a host loads them before `createTask`. */
export const dataFilesOf = (settings: Session['task']): readonly DataFile[] =>
  definitionOf(settings.name).files?.(settings) ?? [];

/** What must be read before `createTask` is quick; it would read it itself, in one go. */
export const unreadDocuments = (settings: Session['task'], data: TaskData): Unread | null =>
  settings.name === 'text' ? unreadText(settings, data) : null;

/**
 * The task that a session names, built by its folder: apart from the definitions, which the page loads before anything is
 * trained. Settings, seed and data alone decide it.
 * @param data what `dataFilesOf` names, as `loadTaskData` gives it.
 * @throws InputError for settings that the task cannot be built from.
 */
export function createTask(settings: Session['task'], seed: number, data: TaskData = NO_DATA): Task {
  switch (settings.name) {
    case 'kin':
      return createKin(settings, seed);
    case 'atlas-facts':
      return createAtlasFacts(settings, seed, data);
    case 'atlas-walk':
      return createAtlasWalk(settings, seed, data);
    case 'text':
      return createText(settings, seed, data);
    case 'world':
      return createWorld(settings, seed, data);
    case 'reverse':
      return createReverse(settings, seed);
  }
}
