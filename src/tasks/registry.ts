import type { Session } from '../config/session';
import { ATLAS_FILE } from './atlas/data';
import { createAtlasFacts } from './atlas-facts/task';
import { createAtlasWalk } from './atlas-walk/task';
import { createKin } from './kin/task';
import type { Task } from './task';
import { NO_DATA, type DataFile, type TaskData } from './task-data';
import { createText, textFile, unreadText } from './text/task';
import type { Unread } from './text/corpus';
import { createWorld } from './world/task';
import { probeFile, WORLD_FILE } from './world/data';

/** The files that the task of these settings is built from: a host loads them before `createTask`. */
export function dataFilesOf(settings: Session['task']): readonly DataFile[] {
  switch (settings.name) {
    case 'kin':
      return [];
    case 'atlas-facts':
    case 'atlas-walk':
      return [ATLAS_FILE];
    case 'text':
      return [textFile(settings)];
    case 'world':
      return [WORLD_FILE, probeFile(settings)];
  }
}

/** What must be read before `createTask` is quick; it would read it itself, in one go. */
export const unreadDocuments = (settings: Session['task'], data: TaskData): Unread | null =>
  settings.name === 'text' ? unreadText(settings, data) : null;

/**
 * The task that a session names. Settings, seed and data alone decide it.
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
  }
}
