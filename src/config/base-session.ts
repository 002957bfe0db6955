import { applySettings, withValue, withValues } from './edit-session';
import { presetSession } from './presets';
import { defaultSession, type Session } from './session';
import { BASE_SHAPE, checkSession } from './session-checks';
import { leafAt } from './session-paths';
import type { TaskLengths } from './tasks';

/** A session that starts from a model: its own shape is left out then, and stage 0, since the base is trained already. */
export function fromBase(session: Session, base: Session['model']['base']): Session {
  const settings: [string, unknown][] = [
    ...BASE_SHAPE.map((path): [string, unknown] => [path, leafAt(path)?.leaf.initial]),
    ['pretrain.steps', 0],
    ['model.base.sha256', base.sha256],
    ['model.base.name', base.name.slice(0, 120)],
    ['model.base.from', base.from.slice(0, 200)],
  ];
  return withValues(session, settings);
}

/** The prompts with which a base reads texts, and the token that embeds. */
export interface StartPrompts {
  prompts: Session['prompts'];
  /** `model.adapter.embed_token`; empty for the base's own. */
  embedToken: string;
}

export const promptsOf = ({ prompts, model }: Session): StartPrompts => ({
  prompts,
  embedToken: model.adapter.embed_token,
});

/** A session that starts from a base, with other prompts; null leaves them. */
export function withPrompts(session: Session, start: StartPrompts | null): Session {
  if (start === null) return session;
  const told = Object.entries(start.prompts).map(([key, value]): [string, unknown] => [`prompts.${key}`, value]);
  const settings: [string, unknown][] = [...told, ['model.adapter.embed_token', start.embedToken]];
  return withValues(session, settings);
}

/** The settings that a session begins with which trains an adapter; better ones have not been measured yet. */
const ADAPTED = [
  'model.adapter.rank=8',
  'model.adapter.alpha=16',
  'model.dtype=stored',
  'model.activations=recompute',
  'sft.steps=60',
  'sft.batch_size=8',
  'sft.topics_per_batch=8',
  'sft.learning_rate=0.0005',
  'evaluation.every=20',
  'evaluation.queries_per_depth=16',
  'evaluation.final_queries_per_depth=32',
  'checkpoint.every=20',
];

/** Tokens of a passage at most: what activations are made for. */
const LONGEST = 128;

/**
 * LoRA on a user's own documents: titles and crops find the documents that they come from.
 * @param corpus its hash.
 * @param context positions of the base.
 * @param start what it reads beside a text; null for the texts alone.
 * @param keywords whether a query also writes keywords of its document before it is embedded, beside embedding it at once.
 */
export function adaptSession(
  base: Session['model']['base'],
  corpus: string,
  context: number,
  keywords: boolean,
  start: StartPrompts | null = null,
): Session {
  const text = withValue(presetSession('text') ?? defaultSession, 'task.corpus', corpus);
  const length = `model.max_position_embeddings=${Math.min(context, LONGEST)}`;
  const mode = `sft.mode=${keywords ? 'both' : 'direct'}`;
  const begun = withPrompts(fromBase(text, base), start);
  return applySettings(begun, [...ADAPTED, 'sft.replay_weight=0', mode, length], 'adapt');
}

/** Tasks whose reasoning is written in words that a base may know. */
export const REASON_TASKS = ['world', 'kin', 'atlas-walk'] as const;
export type ReasonTask = (typeof REASON_TASKS)[number];

/** For each task, its settings of size and the prompts before its texts. */
const REASONED: Readonly<Record<ReasonTask, readonly string[]>> = {
  world: [
    'task.traces_per_depth=100000',
    'prompts.query=Question: {text}',
    'prompts.document=City: {text}',
    'sft.hard_negatives=0',
    'sft.replay_weight=0',
    'grpo.replay_weight=0',
  ],
  kin: ['task.entities=32', 'task.relations=4', 'task.topics=8', 'task.max_depth=2', 'grpo.depth_weights=1,2'],
  'atlas-walk': ['task.traces_per_depth=100000', 'grpo.depth_weights=1,2,3'],
};

/**
 * Stage 1 with written reasoning, then stage 2 from where the model's own reasoning leads the search, by LoRA.
 * @param corpus of the task world the hash of what the base knows of it.
 * @param longest sequences of the task in the base's own tokens; null where they are still to be measured, in all of its context.
 * @param context positions of the base.
 * @param start what it reads beside a text; null for what the task begins with.
 */
export function reasonSession(
  base: Session['model']['base'],
  task: ReasonTask,
  corpus: string,
  { longest, context, start = null }: { longest: TaskLengths | null; context: number; start?: StartPrompts | null },
): Session {
  const completion = Math.min(longest ? longest.answer + SPARE : 1, 256);
  const needed = longest ? Math.max(longest.query + completion, longest.document) : context;
  const named = withValues(defaultSession, [
    ['task.name', task],
    ['task.corpus', corpus],
  ]);
  const begun = applySettings(
    fromBase(named, base),
    [
      ...ADAPTED,
      'sft.mode=reasoning',
      'sft.warmup_steps=10',
      'sft.replay_batch_size=8',
      'grpo.depth_weights=1',
      ...REASONED[task],
      'grpo.steps=20',
      'grpo.batch_size=4',
      'grpo.learning_rate=0.0001',
      'grpo.replay_batch_size=8',
      // Whoever asks for both stages is to get both: what stage 1 reached is on the page.
      'grpo.gate=false',
      `grpo.max_completion_length=${completion}`,
      `model.max_position_embeddings=${Math.max(16, Math.min(needed, context, 2048))}`,
    ],
    'reason',
  );
  const session = withPrompts(begun, start);
  checkSession(session, 'reason');
  return session;
}

/** Tokens that a completion may have more than the longest right answer. */
const SPARE = 4;
