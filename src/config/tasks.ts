/** What settings must know of a task before anything builds it. Tests hold the tasks to it. */
import type { LeafValue } from '../settings/leaves';
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

/** Tokens of the longest query with its frame, of its answer with the embed token, and of a document with its frame. */
export interface LongestSequences {
  query: number;
  answer: number;
  document: number;
}

/** Tokens that training on one's own documents takes of a query, its trace and a passage, mode word and embed token in. */
export const TEXT_LIMITS: LongestSequences = { query: 32, answer: 16, document: 64 };

const SHAPES: Readonly<Record<Exclude<TaskName, 'kin'>, TaskShape>> = {
  'atlas-facts': { maxDepth: 2, documents: 737, query: 8, answer: 9, document: 3 },
  'atlas-walk': { maxDepth: 3, documents: 160, query: 13, answer: 11, document: 11 },
  world: { maxDepth: 1, documents: 1086, query: 12, answer: 18, document: 5 },
  // How many documents there are, only the corpus can say.
  text: { maxDepth: 1, documents: Infinity, ...TEXT_LIMITS },
};

/** Instructions are not counted in: see `longestSequence`. */
export function taskShape(task: Session['task']): TaskShape {
  if (task.name !== 'kin') return SHAPES[task.name];
  const { entities, topics, max_depth: maxDepth } = task;
  // Topic, entity, relations and mode word; a relation and an entity a hop; three descriptors, topic, filler word.
  return { maxDepth, documents: entities * topics, query: 3 + maxDepth, answer: 2 * maxDepth + 1, document: 6 };
}

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/** Tokens of the longest sequence that training or evaluation makes. */
export function longestSequence({ task, grpo }: Session): number {
  const { query, answer, document } = taskShape(task);
  const completion = grpo.steps > 0 ? Math.max(answer, grpo.max_completion_length) : answer;
  const asked = words(task.query_instruction) + query + completion;
  return 1 + Math.max(asked, words(task.document_instruction) + document);
}

/** Settings that only Kin reads: its world, and what follows from its topics. */
const KIN_ONLY: readonly string[] = [
  'task.entities',
  'task.relations',
  'task.topics',
  'task.max_depth',
  'task.held_out',
  'sft.topics_per_batch',
];

/** Settings that only training on one's own documents reads: a teacher reads queries whose texts are known ahead. */
const TEXT_ONLY: readonly string[] = [
  'task.vocabulary',
  'sft.teacher.sha256',
  'sft.teacher.name',
  'sft.teacher.from',
  'sft.weight_distil',
  'sft.teacher_temperature',
];
/** What does not come with the lab: one's own documents, or what a base knows of the world. */
const BROUGHT: readonly string[] = ['task.corpus'];
/** What it does not read beside: every query has a trace, its negatives are the other documents of the batch, its prompts are bare. */
const NOT_TEXT: readonly string[] = ['task.traces_per_depth', 'task.query_instruction', 'task.document_instruction'];

/** Every setting that some task does not read. */
const SOME_TASKS: readonly string[] = [...KIN_ONLY, ...BROUGHT, ...TEXT_ONLY, ...NOT_TEXT];

/** Whether a task reads a setting. What it does not read stays at its default, so that it cannot mislead. */
export function isRead(path: string, task: TaskName): boolean {
  if (KIN_ONLY.includes(path)) return task === 'kin';
  if (TEXT_ONLY.includes(path)) return task === 'text';
  if (BROUGHT.includes(path)) return task === 'text' || task === 'world';
  return task !== 'text' || !NOT_TEXT.includes(path);
}

/** Settings of a base model and its adapter, which the panel shows where the session has a base. */
export const isOfBase = (path: string): boolean =>
  /^(model\.(base|adapter)|prompts)\./.test(path) || path === 'model.dtype';

/** Settings of a teacher, which the panel shows where the session has one. */
export const isOfTeacher = (path: string): boolean =>
  path.startsWith('sft.teacher.') || path === 'sft.weight_distil' || path === 'sft.teacher_temperature';

/** Settings that the session's task does not read and that are not at their default. */
export function unreadSettings(session: Session): { path: string; value: unknown; initial: LeafValue }[] {
  return SOME_TASKS.flatMap((path) => {
    const value = valueAt(session, path);
    const initial = initialOf(path);
    return isRead(path, session.task.name) || sameValue(value, initial) ? [] : [{ path, value, initial }];
  });
}

/** What else changes with the task's name: settings that it does not read, and what goes by its depth. */
export function followingTask(task: TaskName): [path: string, value: LeafValue][] {
  const depths = ['grpo.depth_weights', 'grpo.max_completion_length'];
  const initial = (paths: readonly string[]) => paths.map((path): [string, LeafValue] => [path, initialOf(path)]);
  const unread = initial([...SOME_TASKS.filter((path) => !isRead(path, task)), ...depths]);
  if (task === 'kin') return unread;
  const fitting = Array.from({ length: SHAPES[task].maxDepth }, (_, i) => i + 1);
  return [...unread, ['grpo.depth_weights', fitting], ...(task === 'text' ? OF_TEXT : [])];
}

/** What cannot be otherwise there, and a context that its passages fit into. */
const OF_TEXT: readonly [path: string, value: LeafValue][] = [
  ['sft.hard_negatives', 0],
  ['grpo.steps', 0],
  ['model.max_position_embeddings', 128],
];

function initialOf(path: string): LeafValue {
  const found = leafAt(path);
  if (!found) throw new Error(`${path} is no setting`);
  return found.leaf.initial;
}
