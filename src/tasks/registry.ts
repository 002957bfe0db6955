import type { Session } from '../config/session';
import { definitionOf } from '../config/tasks';
import type { Task } from './task';
import { NO_DATA, type DataFile, type TaskData } from './task-data';
import type { Unread } from './unread';

/** The files that the task of these settings is built from: a host loads them before `createTask`. */
export const dataFilesOf = (settings: Session['task']): readonly DataFile[] =>
  definitionOf(settings.name).files?.(settings) ?? [];

/** What must be read before `createTask` is quick; it would read it itself, in one go. */
export const unreadDocuments = (settings: Session['task'], data: TaskData): Unread | null =>
  definitionOf(settings.name).unread?.(settings, data) ?? null;

/**
 * The task that a session names. Settings, seed and data alone decide it.
 * @param data what `dataFilesOf` names, as `loadTaskData` gives it.
 * @throws InputError for settings that the task cannot be built from.
 */
export const createTask = (settings: Session['task'], seed: number, data: TaskData = NO_DATA): Task =>
  definitionOf(settings.name).create(settings, seed, data);
