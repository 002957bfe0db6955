/** What settings must know of a task before anything builds it. Tests hold the tasks to it. */
import type { LeafValue } from './leaves';
import type { Session } from './session';
import { leafAt, sameValue, valueAt } from './session-paths';

export type TaskName = Session['task']['name'];

export interface TaskShape {
  /** The most facts that a training query chains. */
  maxDepth: number;
  documents: number;
  /** Tokens of the longest query with its mode word, of its answer with the embed token, and of a document likewise. */
  query: number;
  answer: number;
  document: number;
}

const ATLAS: Readonly<Record<Exclude<TaskName, 'kin'>, TaskShape>> = {
  'atlas-facts': { maxDepth: 2, documents: 737, query: 8, answer: 9, document: 3 },
  'atlas-walk': { maxDepth: 3, documents: 160, query: 13, answer: 11, document: 11 },
};

/** Instructions are not counted in: see `longestSequence`. */
export function taskShape(task: Session['task']): TaskShape {
  if (task.name !== 'kin') return ATLAS[task.name];
  const { entities, topics, max_depth: maxDepth } = task;
  // Topic, entity, relations and mode word; a relation and an entity a hop; three descriptors, topic, filler word.
  return { maxDepth, documents: entities * topics, query: 3 + maxDepth, answer: 2 * maxDepth + 1, document: 6 };
}

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** Tokens of the longest sequence that training or evaluation makes. */
export function longestSequence({ task, grpo }: Session): number {
  const { query, answer, document } = taskShape(task);
  const completion = Math.max(answer, grpo.max_completion_length);
  const asked = words(task.query_instruction) + query + completion;
  return 1 + Math.max(asked, words(task.document_instruction) + document);
}

/** Settings that only Kin reads: its world, and what follows from its topics. */
const KIN_ONLY: readonly string[] = [
  'task.entities',
  'task.relations',
  'task.topics',
  'task.max_depth',
  'task.traces_per_depth',
  'task.held_out',
  'sft.topics_per_batch',
];

/** Whether a task reads a setting. What it does not read stays at its default, so that it cannot mislead. */
export const isRead = (path: string, task: TaskName): boolean => task === 'kin' || !KIN_ONLY.includes(path);

/** Settings that the session's task does not read and that are not at their default. */
export function unreadSettings(session: Session): { path: string; value: unknown; initial: LeafValue }[] {
  return KIN_ONLY.flatMap((path) => {
    const value = valueAt(session, path);
    const initial = initialOf(path);
    return isRead(path, session.task.name) || sameValue(value, initial) ? [] : [{ path, value, initial }];
  });
}

/** What else changes with the task's name: settings that it does not read, and what goes by its depth. */
export function followingTask(task: TaskName): [path: string, value: LeafValue][] {
  const depths = ['grpo.depth_weights', 'grpo.max_completion_length'];
  const initial = (paths: readonly string[]) => paths.map((path): [string, LeafValue] => [path, initialOf(path)]);
  if (task === 'kin') return initial(depths);
  const fitting = Array.from({ length: ATLAS[task].maxDepth }, (_, i) => i + 1);
  return [...initial([...KIN_ONLY, ...depths]), ['grpo.depth_weights', fitting]];
}

function initialOf(path: string): LeafValue {
  const found = leafAt(path);
  if (!found) throw new Error(`${path} is no setting`);
  return found.leaf.initial;
}
