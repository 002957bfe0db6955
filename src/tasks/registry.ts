import type { Session } from '../config/session';
import { ATLAS_FILE } from './atlas-data';
import { createAtlasFacts } from './atlas-facts';
import { createAtlasWalk } from './atlas-walk';
import { createKin } from './kin';
import type { Task } from './task';
import { NO_DATA, type DataFile, type TaskData } from './task-data';
import { createText, textFile, unlearntText } from './text';
import type { Unlearnt } from './text-corpus';

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
  }
}

/** What must be learnt before `createTask` is quick; it would learn it itself, in one go. */
export const unlearntVocabulary = (settings: Session['task'], data: TaskData): Unlearnt | null =>
  settings.name === 'text' ? unlearntText(settings, data) : null;

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
  }
}
