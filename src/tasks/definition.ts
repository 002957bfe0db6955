import * as v from 'valibot';
import type { Problem } from '../lib/errors';
import type { LeafValue } from '../settings/leaves';
import type { Task } from './task';
import type { DataFile, TaskData } from './task-data';
import type { Unread } from './unread';

/** Settings of a task by name; each is made by a function of `settings/leaves.ts`, with a note. */
type Entries = v.ObjectEntries;

/** The values of a task's settings. */
export type SettingsOf<Own extends Entries> = v.InferOutput<v.StrictObjectSchema<Own, undefined>>;

/** Bounds on the tokens of a task's texts. Instructions that stand in front of them are not counted. */
export interface TaskLengths {
  /** The longest query with its mode word. */
  query: number;
  /** The longest right answer with the embed token. */
  answer: number;
  /** The longest document, or part of one, with the embed token. */
  document: number;
}

/** The size of a task by its settings, before anything builds it. */
export interface TaskSize extends TaskLengths {
  /** The most facts that a training query chains. */
  maxDepth: number;
  /** The most facts that a held-out query chains, where that is more. */
  testedDepth?: number;
  /** Infinity where only the data can say. */
  documents: number;
}

/** An example of a task: a query, the right reasoning step by step, and the document that answers it. */
export interface TaskExample {
  query: string;
  steps: readonly string[];
  document: string;
  /** The query and the answer in a sentence. */
  meaning: string;
}

/** The texts of a task's page. */
export interface TaskPage {
  /** Paragraphs on what the task is. */
  about: readonly string[];
  /** Paragraphs on how a model could score without doing the task, and what prevents it. */
  cheats: readonly string[];
  /** Paragraphs on what a good result is. */
  good: readonly string[];
  /** Packages that its data was built from; absent for a task that makes itself up. */
  sources?: unknown;
  /** The results of runs of its presets, as bench/ wrote them. */
  results?: unknown;
  /** What the figures of `results` are. */
  figure?: string;
  /** The results beside BM25 on public collections, as bench/ wrote them. */
  systems?: unknown;
  /** What a larger model would change. */
  larger?: string;
  /** Published results to compare these figures with. */
  references?: readonly { title: string; arxiv: string; says: string }[];
}

/** Settings by their section, each with its value: what differs from the default session. */
export type Overrides = Readonly<Record<string, Readonly<Record<string, LeafValue>>>>;

/** A session that has a name. */
export interface Preset {
  name: string;
  title: string;
  /** One sentence: what it shows. */
  summary: string;
  /** The settings that differ from the default session. */
  overrides: Overrides;
}

/** A setting outside the task that the task leaves no choice of. */
export interface FixedSetting {
  path: string;
  value: LeafValue;
  because: string;
}

/** What builds a task. Settings, seed and data alone decide it. */
export interface TaskCode<Own extends Entries = Entries> {
  /**
   * @param data what `files` names, as `loadTaskData` gives it.
   * @throws InputError for settings or data that it cannot be built from.
   */
  create(settings: SettingsOf<Own>, seed: number, data: TaskData): Task;
  /** What must be read before `create` is quick, which would read it itself, in one go; null where nothing must. */
  unread?(settings: SettingsOf<Own>, data: TaskData): Unread | null;
}

/** All that the lab knows of a task: what its folder holds, and what `list.ts` lists. */
export interface TaskDefinition<Name extends string = string, Own extends Entries = Entries> {
  /** The task's name in sessions, links and the command line. */
  readonly name: Name;
  /** The task's title on the page. */
  readonly title: string;
  /** The settings that the task reads beside the seed. Settings of two tasks with one name are one and the same. */
  readonly settings: Own;
  /** Bounds and sizes by the settings. A test holds the built task to them. */
  size(settings: SettingsOf<Own>): TaskSize;
  /** The size of its world in words, where the settings decide it: `64 entities`. */
  scale?(settings: SettingsOf<Own>): string;
  /** Settings of the task that contradict each other. */
  problems?(settings: SettingsOf<Own>): Problem[];
  /** Settings outside the task that only this task reads, by their paths. */
  readonly alone?: readonly string[];
  readonly fixed?: readonly FixedSetting[];
  /** Settings outside the task that change when the task is chosen, beside the fixed ones. */
  readonly chosen?: readonly (readonly [path: string, value: LeafValue])[];
  /** Why a session of it must start from a base model; absent where it need not. */
  readonly needsBase?: string;
  /** The files that it is built from. @throws InputError where the settings name none. */
  files?(settings: SettingsOf<Own>): readonly DataFile[];
  /** Loaded where tasks are built. The page builds none, and its first load goes without. */
  code(): Promise<TaskCode<Own>>;
  readonly example: TaskExample;
  readonly presets: readonly Preset[];
  /** Loaded when the page shows it. */
  page(): Promise<TaskPage>;
}

/** A task for the list, with the schema of its part of a session. */
export function defineTask<const Name extends string, Own extends Entries>(definition: TaskDefinition<Name, Own>) {
  const { name, settings } = definition;
  return { ...definition, schema: v.strictObject({ name: v.literal(name), ...settings }) };
}
