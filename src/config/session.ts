import * as v from 'valibot';
import { MODEL_TYPES } from './architecture';
import { flag, line, lines, noted, option, real, some, whole, wholes, type LeafValue } from '../settings/leaves';
import { TASK_LIST } from '../tasks/list';
import { PROJECTIONS } from './lora';

/**
 * A session as plain data: what `session.json` holds and a link carries.
 * Names are those of Hugging Face's `config.json` and of TRL's arguments. Every key has a default, every number bounds,
 * unknown keys are refused. What no single key can say stands in `session-checks.ts`; meanings and sources of the
 * defaults in `fields.ts`.
 */

export const SESSION_FORMAT = 1;

export const SCHEDULERS = ['linear', 'cosine', 'constant'] as const;
/**
 * What precedes the embed token of a query: its reasoning, nothing, or as many filler words as the reasoning has. `both`
 * trains every query with its reasoning and without, told apart by the mode word.
 */
export const SFT_MODES = ['reasoning', 'direct', 'both', 'filler'] as const;
export const REFRESH_POLICIES = ['none', 'full', 'periodic', 'local'] as const;
export const ACTIVATIONS = ['keep', 'recompute'] as const;
/** What a chat template that asks is told of thinking; `template` leaves it to the template. */
export const THINKING = ['template', 'on', 'off'] as const;
/** How a base model's matrices lie on the GPU: as its file has them, or made f32, f16 or bf16. */
export const BASE_DTYPES = ['stored', 'f32', 'f16', 'bf16'] as const;

/** AdamW and its schedule; spread flat into each stage. */
const optimiser = (learning_rate: number, scheduler: (typeof SCHEDULERS)[number]) => ({
  learning_rate: real(0, 1, learning_rate),
  /** Longer than the stage is allowed: then the stage is all warm-up. */
  warmup_steps: whole(0, 100_000, 20),
  lr_scheduler_type: option(SCHEDULERS, scheduler),
  weight_decay: real(0, 1, 0),
  /** Of vectors too: norms and biases. transformers and TRL leave them out. */
  decay_norms: flag(true),
  adam_beta1: real(0, 0.9999, 0.9),
  adam_beta2: real(0, 0.99999, 0.98),
  /** 0 turns clipping off. */
  max_grad_norm: real(0, 1000, 1),
});

/** Fact sentences replayed beside stage 1 and 2, so that the facts are not forgotten. */
const replay = {
  replay_weight: real(0, 10, 0.3),
  replay_batch_size: whole(1, 1024, 32),
};

/** What a session says of its task: which one it is, and what that one reads. */
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

/** The pre-trained model that training starts from; all empty where the model is born in this session. */
const baseSchema = v.strictObject({
  /** Of its GGUF file, or of its folder: see `OpenedModel.hash`. It alone decides whether a model is the one. */
  sha256: line(64),
  name: line(120),
  /** Where its bytes came from, an address with its commit where it has one; for whoever does not have them. */
  from: line(200),
});

/** LoRA (Hu et al., arXiv 2106.09685), under the names of PEFT's `LoraConfig`. */
const adapterSchema = v.strictObject({
  /** 0 trains all weights. */
  rank: whole(0, 256, 0),
  alpha: real(0, 1024, 32),
  rslora: flag(false),
  targets: some(PROJECTIONS, [...PROJECTIONS]),
  /** The token that embeds, whose own row is trained; empty: the base's own last token, its row as it is. */
  embed_token: line(60),
});

const modelSchema = v.strictObject({
  model_type: option(MODEL_TYPES, 'llama'),
  hidden_size: whole(8, 1024, 64),
  intermediate_size: whole(8, 4096, 172),
  num_hidden_layers: whole(1, 24, 3),
  num_attention_heads: whole(1, 64, 4),
  num_key_value_heads: whole(1, 64, 4),
  rope_theta: real(1, 10_000_000, 100),
  rms_norm_eps: real(1e-8, 0.01, 1e-5),
  tie_word_embeddings: flag(true),
  /** Standard deviation of every weight at the start; 0 is 1/√(its inputs), a matrix each. */
  initializer_range: real(0, 1, 0),
  max_position_embeddings: whole(16, 2048, 64),
  /** Of a training step: kept for the backward pass, or computed again there, layer by layer, with the same bits. */
  activations: option(ACTIVATIONS, 'keep'),
  /** Parts that a training step's sequences are computed in, one after the other; their gradients are added up. */
  micro_batches: whole(1, 4096, 1),
  base: v.optional(baseSchema, {}),
  adapter: v.optional(adapterSchema, {}),
  dtype: option(BASE_DTYPES, 'f32'),
});

/** What a base model reads beside a query or a document. */
const promptsSchema = v.strictObject({
  /** With `{text}` where the query stands; without it the query follows. */
  query: lines(2000),
  document: lines(2000),
  /** Whether both are turns of the user in the base's own chat template, which its answer follows. */
  chat: flag(false),
  system: lines(2000),
  thinking: option(THINKING, 'template'),
});

/** The small embedder whose ranking stage 1 learns beside its own pairs; all empty where there is none. */
const teacherSchema = v.strictObject({
  /** Of its folder, as `model.base.sha256`. */
  sha256: line(64),
  name: line(120),
  from: line(200),
});

const pretrainSchema = v.strictObject({
  steps: whole(0, 100_000, 700),
  batch_size: whole(1, 4096, 128),
  ...optimiser(4e-3, 'linear'),
});

const sftSchema = v.strictObject({
  steps: whole(0, 100_000, 600),
  batch_size: whole(2, 1024, 64, 'the contrastive loss needs another document in the batch'),
  topics_per_batch: whole(1, 96, 8),
  mode: option(SFT_MODES, 'reasoning'),
  curriculum: flag(false),
  hard_negatives: whole(0, 4, 1),
  weight_sft: real(0, 100, 1),
  weight_kl: real(0, 100, 0),
  weight_infonce: real(0, 100, 1),
  weight_triplet: real(0, 100, 0.2),
  temperature: real(0.001, 10, 0.05),
  margin: real(0, 2, 0.2),
  teacher: v.optional(teacherSchema, {}),
  weight_distil: real(0, 100, 0),
  teacher_temperature: real(0.001, 10, 0.05),
  ...replay,
  ...optimiser(4e-3, 'linear'),
});

const grpoSchema = v.strictObject({
  steps: whole(0, 100_000, 0),
  batch_size: whole(1, 512, 32),
  num_generations: whole(2, 64, 4, 'a group of 1 has no advantage'),
  num_iterations: whole(1, 8, 1),
  ...optimiser(5e-4, 'constant'),
  temperature: real(0.01, 10, 1),
  /** 0 turns the cut off. */
  top_k: whole(0, 100_000, 0),
  top_p: real(0.01, 1, 1),
  max_completion_length: whole(1, 256, 16),
  beta: real(0, 10, 0.02),
  clip_low: real(0, 1, 0.2),
  clip_high: real(0, 10, 0.28),
  scale_rewards: flag(false),
  /** Off is the control: every other term of the update stays. */
  policy_gradient: flag(true),
  reward_k: whole(1, 1000, 10),
  depth_weights: wholes(0, 100, 6, [1, 2, 3, 4]),
  ...replay,
  contrastive_weight: real(0, 10, 0),
  contrastive_min_reward: real(0, 1, 0.5),
  gate: flag(true),
});

const environmentSchema = v.strictObject({
  M: whole(2, 64, 16),
  ef_construction: whole(4, 1024, 64),
  ef: whole(1, 1024, 64),
  policy: option(REFRESH_POLICIES, 'local'),
  period: whole(1, 100_000, 20),
  budget: real(0.0001, 1, 0.05),
  oldest_share: real(0, 1, 0.4),
  ridge: real(0.000001, 1_000_000, 1),
  compensate: flag(true),
  /** Steps between samples of the reward error; 0 takes none. */
  audit_every: whole(0, 100_000, 20),
  /** Steps between recordings of the rank while thinking; 0 makes none. */
  rank_every: whole(0, 100_000, 20),
});

const evaluationSchema = v.strictObject({
  /** 0 evaluates at the end alone. */
  every: whole(0, 100_000, 50),
  queries_per_depth: whole(1, 10_000, 32),
  final_queries_per_depth: whole(1, 100_000, 128),
  bootstrap: whole(0, 100_000, 1000),
});

const checkpointSchema = v.strictObject({
  /** 0 keeps one at the end of each stage alone. */
  every: whole(0, 100_000, 100),
});

const formatMessage = `${SESSION_FORMAT}, the only format this version reads`;

const above = {
  format: v.optional(v.literal(SESSION_FORMAT, formatMessage), SESSION_FORMAT),
  title: line(80),
  seed: whole(0, 0xffff_ffff, 1),
};
const below = {
  model: v.optional(modelSchema, {}),
  prompts: v.optional(promptsSchema, {}),
  pretrain: v.optional(pretrainSchema, {}),
  sft: v.optional(sftSchema, {}),
  grpo: v.optional(grpoSchema, {}),
  environment: v.optional(environmentSchema, {}),
  evaluation: v.optional(evaluationSchema, {}),
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
