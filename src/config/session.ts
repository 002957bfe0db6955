import * as v from 'valibot';
import { line, noted, option, whole, type LeafValue } from '../settings/leaves';
import { TASK_LIST } from '../tasks/list';
import { environmentSchema } from './sections/environment';
import { checkpointSchema, evaluationSection } from './sections/evaluation';
import { grpoSchema } from './sections/grpo';
import { modelSchema } from './sections/model';
import { pretrainSchema } from './sections/pretrain';
import { promptsSchema } from './sections/prompts';
import { sftSchema } from './sections/sft';

/**
 * A session as plain data: what `session.json` holds and a link carries.
 * Names are those of Hugging Face's `config.json` and of TRL's arguments. Every key has a default, every number bounds,
 * unknown keys are refused; what it means and where its default comes from stands beside it (`sections/`).
 * What no single key can say stands in `session-checks.ts`.
 */

const SESSION_FORMAT = 1;

/** The session's task: its name, and the settings that this task reads. */
const taskSchema = v.variant(
  'name',
  TASK_LIST.map(({ schema }) => schema),
);

const taskName = noted(
  option(
    TASK_LIST.map(({ name }) => name),
    TASK_LIST[0].name,
  ),
  { label: 'Task', meaning: 'What the documents and queries are about.', source: 'prototype' },
);

const formatMessage = `${SESSION_FORMAT}, the only format this version reads`;

const above = {
  format: v.optional(v.literal(SESSION_FORMAT, formatMessage), SESSION_FORMAT),
  title: noted(line(80), {
    label: 'Title',
    meaning: 'What you call this session; changes nothing in the run.',
    source: 'choice',
  }),
  seed: noted(whole(0, 0xffff_ffff, 1), {
    label: 'Seed',
    meaning: 'Everything random follows from it: the world, the start weights, the batches, the samples.',
    source: 'choice',
  }),
};
const below = {
  model: v.optional(modelSchema, {}),
  prompts: v.optional(promptsSchema, {}),
  pretrain: v.optional(pretrainSchema, {}),
  sft: v.optional(sftSchema, {}),
  grpo: v.optional(grpoSchema, {}),
  environment: v.optional(environmentSchema, {}),
  evaluation: v.optional(evaluationSection, {}),
  checkpoint: v.optional(checkpointSchema, {}),
};

/**
 * A session as it is written, in a file or a link: the settings of all tasks stand side by side, and those of other tasks
 * than its own are at their default.
 */
export const writtenSchema = v.strictObject({
  ...above,
  task: v.optional(v.strictObject({ name: taskName, ...settingsOfAllTasks() }), {}),
  ...below,
});

const sessionSchema = v.strictObject({ ...above, task: taskSchema, ...below });

/** A session: of its task it holds what that task reads, and nothing else. */
export type Session = v.InferOutput<typeof sessionSchema>;

export type TaskName = Session['task']['name'];

/** A session with anything left out. */
export type PartialSession = Omit<v.InferInput<typeof writtenSchema>, 'task'> & {
  task?: { name?: TaskName; [setting: string]: LeafValue | undefined };
};

/** The session that was written: without the settings that its task does not read. */
export function ofItsTask(written: v.InferOutput<typeof writtenSchema>): Session {
  const values: Readonly<Record<string, unknown>> = written.task;
  const own = TASK_LIST.find(({ name }) => name === written.task.name)?.settings ?? {};
  const task = Object.fromEntries(['name', ...Object.keys(own)].map((key) => [key, values[key]] as const));
  return v.parse(sessionSchema, { ...written, task });
}

/** The `kin` run of the research notes. Frozen: copy with `structuredClone` before changing it. */
export const defaultSession: Session = deepFreeze(ofItsTask(v.parse(writtenSchema, {})));

// A setting of one name is one setting, whichever tasks read it: a link knows it by its path alone.
function settingsOfAllTasks(): v.ObjectEntries {
  const all: Record<string, v.ObjectEntries[string]> = {};
  for (const { name, settings } of TASK_LIST) {
    for (const [key, schema] of Object.entries(settings)) {
      if (all[key] !== undefined && all[key] !== schema)
        throw new Error(`${name}: task.${key} is another task’s setting`);
      all[key] = schema;
    }
  }
  return all;
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null) deepFreeze(child);
  }
  return Object.freeze(value);
}
