import { parseSession } from '../config/parse-session';
import type { PartialSession, Session } from '../config/session';
import { createTask } from '../tasks/registry';
import { Sentences } from './stages/pretrain-batch';
import { TaskTokens } from './task-tokens';

/** A world small enough for unit tests. */
export function tinySession(overrides: PartialSession = {}): Session {
  const task = { entities: 8, relations: 3, topics: 6, max_depth: 3, traces_per_depth: 12, ...overrides.task };
  const sft = { topics_per_batch: 3, ...overrides.sft };
  const grpo = { depth_weights: [1, 2, 3], ...overrides.grpo };
  return parseSession({ seed: 5, ...overrides, task, sft, grpo }, 'tiny');
}

/** What a stage draws its batches from. */
export function tinyWorld(session: Session = tinySession()) {
  const task = createTask(session.task, session.seed);
  const tokens = new TaskTokens(task);
  return { session, task, tokens, sentences: new Sentences(task, tokens) };
}
