import { InputError } from '../lib/errors';
import { shown } from '../lib/text';
import type { Architecture } from './architecture';
import type { Session } from './session';

/** What is wrong with one setting. `path` is empty for the session as a whole. */
export interface SessionProblem {
  path: string;
  value: unknown;
  /** Completes "expected …". */
  expected: string;
}

/** The problem in one sentence, as errors and the panel show it. */
export function problemSentence(problem: SessionProblem, where: string): string {
  const subject = problem.path ? `${where}: ${problem.path}` : where;
  return `${subject} is ${shown(problem.value)}, expected ${problem.expected}`;
}

/** The model of a session, once the task has said how many words it knows. */
export function sessionArchitecture(session: Session, vocabularySize: number): Architecture {
  const { model } = session;
  return {
    ...model,
    vocab_size: vocabularySize,
    head_dim: model.hidden_size / model.num_attention_heads,
    attention_bias: model.model_type === 'qwen2',
  };
}

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

/**
 * Positions of the longest query with its gold completion: `<bos>`, instruction, topic, entity, relations, mode word,
 * a relation and an entity a hop, embed token.
 */
export function longestQuery(session: Session): { prompt: number; completion: number } {
  const { max_depth, query_instruction } = session.task;
  return { prompt: 1 + words(query_instruction) + 2 + max_depth + 1, completion: 2 * max_depth + 1 };
}

/** Positions of the longest document: `<bos>`, instruction, three descriptors, topic, filler word, mode word, embed token. */
export const longestDocument = (session: Session): number => 1 + words(session.task.document_instruction) + 5 + 1 + 1;

/** Combinations of settings that cannot work, in schema order; empty when all is well. Bounds are the schema's part. */
export function sessionProblems(session: Session): SessionProblem[] {
  const { task, model, sft, grpo } = session;
  const problems: SessionProblem[] = [];
  const check = (right: boolean, path: string, value: unknown, expected: string) => {
    if (!right) problems.push({ path, value, expected });
  };

  check(task.max_depth <= task.relations, 'task.max_depth', task.max_depth,
    `at most task.relations (${task.relations}), because a query's relations are distinct`); // prettier-ignore

  const headSize = model.hidden_size / model.num_attention_heads;
  const heads = `model.num_attention_heads (${model.num_attention_heads})`;
  if (!Number.isInteger(headSize)) {
    check(false, 'model.hidden_size', model.hidden_size, `a multiple of ${heads}`);
  } else if (headSize % 2 !== 0) {
    check(
      false,
      'model.hidden_size',
      model.hidden_size,
      `an even number for each of ${heads}, because RoPE rotates pairs`,
    );
  } else {
    check(headSize >= 4 && headSize <= 256, 'model.hidden_size', model.hidden_size, `4 to 256 for each of ${heads}`);
  }
  check(model.num_attention_heads % model.num_key_value_heads === 0,
    'model.num_key_value_heads', model.num_key_value_heads, `a divisor of ${heads}`); // prettier-ignore

  const query = longestQuery(session);
  const completion = Math.max(query.completion, grpo.max_completion_length);
  const longest = Math.max(query.prompt + completion, longestDocument(session));
  check(longest <= model.max_position_embeddings, 'model.max_position_embeddings', model.max_position_embeddings,
    `at least ${longest}, the length of the longest sequence`); // prettier-ignore

  check(sft.topics_per_batch <= task.topics, 'sft.topics_per_batch', sft.topics_per_batch,
    `at most task.topics (${task.topics})`); // prettier-ignore
  check(sft.topics_per_batch <= sft.batch_size, 'sft.topics_per_batch', sft.topics_per_batch,
    `at most sft.batch_size (${sft.batch_size})`); // prettier-ignore

  check(grpo.max_completion_length >= query.completion, 'grpo.max_completion_length', grpo.max_completion_length,
    `at least ${query.completion}, the length of the gold answer at task.max_depth (${task.max_depth})`); // prettier-ignore
  const documents = task.entities * task.topics;
  check(grpo.reward_k <= documents, 'grpo.reward_k', grpo.reward_k,
    `at most ${documents}, the number of documents (task.entities × task.topics)`); // prettier-ignore
  check(grpo.depth_weights.length === task.max_depth, 'grpo.depth_weights', grpo.depth_weights,
    `${task.max_depth} ${task.max_depth === 1 ? 'entry' : 'entries'}, one for each depth up to task.max_depth`); // prettier-ignore
  check(grpo.depth_weights.some((weight) => weight > 0), 'grpo.depth_weights', grpo.depth_weights,
    'at least one entry above 0'); // prettier-ignore
  return problems;
}

/**
 * Refuses a combination of settings that cannot work.
 * @throws InputError with the first problem.
 */
export function checkSession(session: Session, where = 'session'): void {
  const [problem] = sessionProblems(session);
  if (problem) throw new InputError(problemSentence(problem, where));
}
