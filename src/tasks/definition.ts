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

/** How large a task is, as its settings say, before anything builds it. */
export interface TaskSize extends TaskLengths {
  /** The most facts that a training query chains. */
  maxDepth: number;
  /** The most facts that a held-out query chains, where that is more. */
  testedDepth?: number;
  /** Infinity where only the data can say. */
  documents: number;
}

/** A query as it is asked, the right reasoning step by step, and the document that answers. */
export interface TaskExample {
  query: string;
  steps: readonly string[];
  document: string;
  /** Both in a sentence. */
  meaning: string;
}

/** What the page says of a task. */
export interface TaskPage {
  /** What it is. */
  about: readonly string[];
  /** How a model could score without doing what the task is for, and what keeps it from it. */
  cheats: readonly string[];
  /** What a good result is. */
  good: readonly string[];
  /** Packages that its data was built from; absent for a task that makes itself up. */
  sources?: unknown;
  /** What runs of its presets reached, as bench/ wrote it. */
  results?: unknown;
  /** What the figures of `results` are. */
  figure?: string;
  /** What it reached beside BM25 on collections of other people, as bench/ wrote it. */
  systems?: unknown;
  /** What would change with a larger model. */
  larger?: string;
  /** What others found, to read beside these figures. */
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
  /** What differs from the default session. */
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
  /** As sessions, links and the command line call it. */
  readonly name: Name;
  /** As the page calls it. */
  readonly title: string;
  /** What the task reads beside the seed. Settings of two tasks that have one name are one and the same. */
  readonly settings: Own;
  /** Bounds and sizes by the settings. A test holds the built task to them. */
  size(settings: SettingsOf<Own>): TaskSize;
  /** How much there is, in words, where the settings say so: `64 entities`. */
  scale?(settings: SettingsOf<Own>): string;
  /** Settings of the task that contradict each other. */
  problems?(settings: SettingsOf<Own>): Problem[];
  /** Settings outside the task that it alone reads, by their paths. */
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
