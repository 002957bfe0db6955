/** Facts about a task that settings need before anything builds it. Tests hold the tasks to them. */
import type { Problem } from '../lib/errors';
import { shown } from '../lib/text';
import type { LeafValue } from '../settings/leaves';
import type { TaskDefinition, TaskLengths, TaskSize } from '../tasks/definition';
import { TASK_LIST } from '../tasks/list';
import type { Session, TaskName } from './session';
import { leafAt, sameValue, sessionLeaves, valueAt } from './session-paths';

export type { Preset, TaskDefinition, TaskExample, TaskLengths, TaskPage, TaskSize } from '../tasks/definition';
export type { TaskName } from './session';

/** The names of all tasks, as they are offered. */
export const TASKS: readonly TaskName[] = TASK_LIST.map(({ name }) => name);

const byName: ReadonlyMap<string, TaskDefinition> = new Map(TASK_LIST.map((task) => [task.name, task]));

/** The definition of a task, by its name. */
export function definitionOf(name: TaskName): TaskDefinition {
  const found = byName.get(name);
  if (!found) throw new Error(`${name} is no task`);
  return found;
}

/** The size of the task of these settings; see `longestSequence` for instructions. */
export const taskSize = (task: Session['task']): TaskSize => definitionOf(task.name).size(task);

/** The most facts that a query chains, held-out ones included. */
export function testedDepth(task: Session['task']): number {
  const { maxDepth, testedDepth: tested = maxDepth } = taskSize(task);
  return tested;
}

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** Tokens of the longest query, answer and document of a task with the instructions in front of them. */
export function longestTexts(task: Session['task']): TaskLengths {
  const { query, answer, document } = taskSize(task);
  if (!('query_instruction' in task)) return { query, answer, document };
  return {
    query: words(task.query_instruction) + query,
    answer,
    document: words(task.document_instruction) + document,
  };
}

/** Tokens of the longest sequence that training or evaluation makes. */
export function longestSequence({ task, grpo }: Session): number {
  const { query, answer, document } = longestTexts(task);
  const completion = grpo.steps > 0 ? Math.max(answer, grpo.max_completion_length) : answer;
  return 1 + Math.max(query + completion, document);
}

/** Whether settings are those of a given task. */
const isOf = <Name extends TaskName>(
  task: Session['task'],
  name: Name,
): task is Extract<Session['task'], { name: Name }> => task.name === name;

/** A session's settings of its task, for what needs a certain one. @throws Error where it is another. */
export function settingsFor<Name extends TaskName>(
  { task }: Session,
  name: Name,
): Extract<Session['task'], { name: Name }> {
  if (isOf(task, name)) return task;
  throw new Error(`the session's task is ${task.name}, expected ${name}`);
}

/** The hash of the data that a session brings to its task; empty where it brings none. */
export const corpusOf = (task: Session['task']): string => ('corpus' in task ? task.corpus : '');

/** Settings outside the task that some tasks alone read. */
const ALONE: readonly string[] = [...byName.values()].flatMap(({ alone = [] }) => alone);

/** Whether a task reads a setting. A setting that it does not read stays at its default, so that it cannot mislead. */
export function isRead(path: string, task: TaskName): boolean {
  const { settings, alone = [] } = definitionOf(task);
  if (ALONE.includes(path)) return alone.includes(path);
  const [group, key = ''] = path.split('.');
  return group !== 'task' || key === 'name' || key in settings;
}

/** Settings of a base model and its adapter, which the panel shows where the session has a base. */
export const isOfBase = (path: string): boolean =>
  /^(model\.(base|adapter)|prompts)\./.test(path) || path === 'model.dtype';

/** Settings of a teacher, which the panel shows where the session has one. */
export const isOfTeacher = (path: string): boolean =>
  path.startsWith('sft.teacher.') || path === 'sft.weight_distil' || path === 'sft.teacher_temperature';

/** Settings of other tasks in a session as it was written that are not at their default. */
export const unreadTaskSettings = (written: { task: { name: TaskName } }): Problem[] =>
  unread(
    written,
    sessionLeaves.flatMap(({ path, group }) => (group === 'task' ? [path] : [])),
  );

/** Settings that the session's task does not read and that are not at their default. */
export const unreadSettings = (session: Session): Problem[] => unread(session, ALONE);

function unread(session: { task: { name: TaskName } }, paths: readonly string[]): Problem[] {
  const { name } = session.task;
  return paths.flatMap((path) => {
    const value = valueAt(session, path);
    const initial = initialOf(path);
    if (isRead(path, name) || sameValue(value, initial)) return [];
    return [{ path, value, expected: `its default, ${shown(initial)}, because the task ${name} does not read it` }];
  });
}

/**
 * The other changes that follow a change of the task's name: settings that it does not read, and those that depend on
 * its depth.
 */
export function followingTask(task: TaskName): [path: string, value: LeafValue][] {
  const { settings, fixed = [], chosen = [], ...definition } = definitionOf(task);
  const unread = sessionLeaves.filter(({ path }) => !isRead(path, task));
  const defaults = Object.keys(settings).map((key): [string, LeafValue] => [key, initialOf(`task.${key}`)]);
  const { maxDepth } = definition.size(Object.fromEntries(defaults));
  return [
    ...unread.map(({ path, leaf }): [string, LeafValue] => [path, leaf.initial]),
    ['grpo.max_completion_length', initialOf('grpo.max_completion_length')],
    ['grpo.depth_weights', Array.from({ length: maxDepth }, (_, i) => i + 1)],
    ...fixed.map(({ path, value }): [string, LeafValue] => [path, value]),
    ...chosen.map(([path, value]): [string, LeafValue] => [path, value]),
  ];
}

function initialOf(path: string): LeafValue {
  const found = leafAt(path);
  if (!found) throw new Error(`${path} is no setting`);
  return found.leaf.initial;
}
