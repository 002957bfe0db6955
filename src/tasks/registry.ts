import type { Session } from '../config/session';
import { createKin } from './kin';
import type { Task } from './task';
import { NO_DATA, type DataFile, type TaskData } from './task-data';

/** The files that the task of these settings is built from: a host loads them before `createTask`. */
export function dataFilesOf(settings: Session['task']): readonly DataFile[] {
  switch (settings.name) {
    case 'kin':
      return [];
  }
}

/**
 * The task that a session names. Settings, seed and data alone decide it.
 * @param _data what `dataFilesOf` names, as `loadTaskData` gives it.
 * @throws InputError for settings that the task cannot be built from.
 */
export function createTask(settings: Session['task'], seed: number, _data: TaskData = NO_DATA): Task {
  switch (settings.name) {
    case 'kin':
      return createKin(settings, seed);
  }
}
