import { computeOf } from '../config/compute';
import type { Session } from '../config/session';
import { sessionArchitecture, settingError } from '../config/session-checks';
import type { TaskLengths } from '../config/tasks';
import { ChatTemplate } from '../formats/chat/chat-template';
import { EMBED_TOKEN, withEmbedToken } from '../formats/embed-token';
import type { OpenedModel } from '../formats/opened-model';
import type { Gpu } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import { Model } from '../model/model';
import { createTask } from '../tasks/registry';
import type { Task } from '../tasks/task';
import type { TaskData } from '../tasks/task-data';
import { embedTokenOf } from './benchmark/embedding-prompts';
import { openedTokenizer } from './opened-model';
import { startAdapter } from './start-adapter';
import { TaskTokens } from './task-tokens';
import type { Teacher } from './teacher';
import { BaseReader } from './text-reader';
import type { Base } from './base-type';

export type { Base } from './base-type';

/**
 * An opened model as a session's base.
 * @param hash of it, as `OpenedModel.hash` gives it.
 * @param where it was opened from, for messages.
 * @throws InputError for another model than the session names, one without a tokenizer, a token or a template that it lacks.
 */
export async function baseOf(session: Session, opened: OpenedModel, hash: string, where: string): Promise<Base> {
  const { base, adapter } = session.model;
  if (hash !== base.sha256) {
    throw new InputError(
      `${where}: its SHA-256 is ${hash.slice(0, 12)}…, expected ${base.sha256.slice(0, 12)}…${base.name && ` (${base.name})`}, the base of the session`,
    );
  }
  const named = adapter.embed_token;
  const known = openedTokenizer(opened, where);
  // The lab's own may be new to the base; any other name that it lacks is a slip.
  if (named !== '' && named !== EMBED_TOKEN && known.tokenId(named) === null) {
    throw new InputError(
      `session: model.adapter.embed_token is ${JSON.stringify(named)}, expected a token of ${base.name || where}`,
    );
  }
  const grown = named === '' ? null : withEmbedToken(opened, named, where);
  const own = grown?.id ?? null;
  const whole = grown?.opened ?? opened;
  const tokenizer = whole === opened ? known : openedTokenizer(whole, where);
  const embed = own ?? embedTokenOf(tokenizer);
  if (embed === null) {
    throw new InputError(`${where}: no token that ends a text, expected model.adapter.embed_token to name one`);
  }
  if (session.grpo.steps > 0 || session.sft.mode !== 'direct') checkWrites(opened, where);
  const { prompts } = session;
  const source = prompts.chat ? opened.chatTemplate : null;
  const template = source === null ? null : await ChatTemplate.open(source, opened.tokenizer?.config ?? {}, where);
  if (prompts.chat && template === null) {
    throw settingError(
      { path: 'prompts.chat', value: true, expected: `false: ${where} has no chat template` },
      'session',
    );
  }
  const { rank, alpha, rslora, targets } = adapter;
  const lora = rank > 0 ? { rank, alpha, rslora, targets, embedToken: own } : null;
  return { opened: whole, tokenizer, embed, adapter: lora, prompts, template, where };
}

function checkWrites({ hasHead }: OpenedModel, where: string): void {
  if (hasHead) return;
  throw new InputError(`${where}: has no head to write with, expected sft.mode direct and no stage 2 with it`);
}

/** The data that a session is built from beside its settings: the files of its task, and the base that it names. */
export interface SessionData {
  files: TaskData;
  base: Base | null;
  /** The embedder whose ranking stage 1 learns; absent where the session names none, or nothing is trained. */
  teacher?: Teacher | null;
}

/** Builds the task of a session. Where the session has a base, the base's vocabulary shows the task's tokens. */
export function taskOf(session: Session, { files, base }: SessionData): Task {
  const task = createTask(session.task, session.seed, files);
  if (!base) return task;
  let words: string[] | null = null;
  const { tokenizer, embed, opened } = base;
  const word = (id: number): string =>
    id === embed ? task.specials.embed : tokenizer.decode([id], { skipSpecialTokens: false });
  const vocabulary = (): readonly string[] =>
    (words ??= Array.from({ length: opened.arch.vocab_size }, (_, id) => word(id)));
  // Everything else is the task's own.
  const spoken: unknown = Object.create(task, { vocabulary: { get: vocabulary } });
  return isTask(spoken, task) ? spoken : task;
}

const isTask = (made: unknown, of: Task): made is Task => Object.getPrototypeOf(made) === of;

/**
 * Checks that a base is given exactly where the session names one.
 * @throws InputError where it is missing, or given and not named.
 */
export function checkBase(session: Session, base: Base | null): void {
  const { sha256, name } = session.model.base;
  if ((sha256 !== '') === (base !== null)) return;
  throw new InputError(
    base === null
      ? `session: model.base names ${name || 'a model'} (${sha256.slice(0, 12)}…), expected it to be at hand: kept, or given`
      : 'a base model is given, expected none: the session names no model.base',
  );
}

/**
 * Checks that the task's longest sequences, in the base's tokens, fit.
 * @throws InputError where they are longer than the session's or the base's context.
 */
export function checkContext(session: Session, { opened }: Base, { longest }: { longest: TaskLengths | null }): void {
  const context = session.model.max_position_embeddings;
  const own = opened.arch.max_position_embeddings;
  const refuse = (path: string, value: number, expected: string): never => {
    throw settingError({ path, value, expected }, 'session');
  };
  if (context > own) refuse('model.max_position_embeddings', context, `at most ${own}, the base's own context`);
  if (!longest) return;
  const { query, answer } = longest;
  const { grpo } = session;
  const completion = grpo.steps > 0 ? grpo.max_completion_length : 0;
  if (grpo.steps > 0 && completion < answer) {
    refuse(
      'grpo.max_completion_length',
      completion,
      `at least ${answer}, the longest right answer in the base's tokens`,
    );
  }
  const needed = query + Math.max(answer, completion);
  if (needed > context) {
    refuse('model.max_position_embeddings', context, `at least ${needed}, the longest sequence in the base's tokens`);
  }
}

/** Whether a device computes in what the session says. */
export const canCompute = ({ device }: Pick<Gpu, 'device'>, { model }: Session): boolean =>
  !model.fp16 || device.features.has('shader-f16');

/** @throws InputError where the session asks for 16-bit arithmetic and the device has none. */
export function checkCompute(gpu: Pick<Gpu, 'device'>, session: Session): void {
  if (canCompute(gpu, session)) return;
  const expected = 'false, because this GPU offers no 16-bit arithmetic (shader-f16)';
  throw settingError({ path: 'model.fp16', value: true, expected }, 'session');
}

/** The task's texts as the tokens of the session's model: the base's, or its own. */
export function tokensOf(session: Session, task: Task, base: Base | null): TaskTokens {
  const context = session.model.max_position_embeddings;
  return new TaskTokens(task, context, base ? new BaseReader(task, base, context) : undefined);
}

/**
 * Makes the session's model without its weights: a new one for the task's vocabulary, or the base's with its adapter.
 * What is trained is always f32; the session says in which dtype the rest of a base is held.
 */
export function modelOf(gpu: Gpu, session: Session, task: Task, base: Base | null): Model {
  const compute = computeOf(session);
  if (base === null) return new Model(gpu, sessionArchitecture(session, task.vocabulary.length), { compute });
  const { opened, adapter } = base;
  const { dtype } = session.model;
  return new Model(
    gpu,
    opened.arch,
    adapter ? { adapter, dtype: dtype === 'stored' ? opened.tensorDtype : dtype } : { compute },
  );
}

/**
 * Reads the base's weights onto the GPU, and draws an adapter's: A at random, B zero, the embed token's row the base's own.
 * @param onProgress bytes so far and in all; it may throw to end the loading.
 */
export async function loadBase(
  model: Model,
  { opened, adapter }: Base,
  seed: number,
  onProgress?: (read: number, all: number) => void,
): Promise<void> {
  await model.weights.stream(opened.weights, onProgress);
  if (adapter) model.weights.load((await startAdapter({ opened }, adapter, seed)).tensors, 'trained');
}
