/** Builds tasks: with what their definitions name, which the page lists and never loads. */
import type { Session } from '../config/session';
import { definitionOf } from '../config/tasks';
import type { TaskCode } from './definition';
import { TASK_LIST } from './list';
import type { Task } from './task';
import { NO_DATA, type DataFile, type TaskData } from './task-data';
import type { Unread } from './unread';

/** What builds each task, by its name. Loaded before anything that imports this file begins; so no task may import it. */
const CODE: ReadonlyMap<string, TaskCode> = new Map(
  await Promise.all(TASK_LIST.map(async (task) => [task.name, await task.code()] as const)),
);

function codeOf({ name }: Session['task']): TaskCode {
  const found = CODE.get(name);
  if (!found) throw new Error(`${name} is no task`);
  return found;
}

/** The files that the task of these settings is built from: a host loads them before `createTask`. */
export const dataFilesOf = (settings: Session['task']): readonly DataFile[] =>
  definitionOf(settings.name).files?.(settings) ?? [];

/** What must be read before `createTask` is quick; it would read it itself, in one go. */
export const unreadDocuments = (settings: Session['task'], data: TaskData): Unread | null =>
  codeOf(settings).unread?.(settings, data) ?? null;

/**
 * The task that a session names. Settings, seed and data alone decide it.
 * @param data what `dataFilesOf` names, as `loadTaskData` gives it.
 * @throws InputError for settings that the task cannot be built from.
 */
export const createTask = (settings: Session['task'], seed: number, data: TaskData = NO_DATA): Task =>
  codeOf(settings).create(settings, seed, data);
