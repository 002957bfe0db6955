import { longestSequence, TEXT_LIMITS } from '../config/tasks';
import { Random } from '../lib/philox';
import { partTokens } from '../model/batch-parts';
import type { Task } from '../tasks/task';
import { supervisedSequence } from './stages/sft-batch';
import type { World } from './stages/stage';
import type { TaskTokens } from './task-tokens';

/** Tokens of the longest query, answer and document of a task, measured on a sample: what buffers are made for. */
export function longestSequences(task: Task, tokens: TaskTokens): { query: number; answer: number; document: number } {
  if (tokens.longest) return tokens.longest;
  const deepest = task.heldOut('dev', 8).concat(task.heldOut('test', 8));
  const u = new Random(0, 'task', 0xffff).uniform;
  for (let depth = 1; depth <= task.maxDepth; depth++) deepest.push(task.sampleQuery(depth, false, u));
  // Passages are drawn at random each time: the task's bounds hold for all of them, a sample's lengths would not.
  if (deepest.some(({ passage }) => passage !== undefined)) return TEXT_LIMITS;
  const lengths = deepest.map((query) => {
    const { ids, from } = supervisedSequence(tokens, query, 'reasoning');
    return { query: from, answer: ids.length - from };
  });
  return {
    query: Math.max(...lengths.map(({ query }) => query)),
    answer: Math.max(...lengths.map(({ answer }) => answer)),
    document: tokens.passages.reduce((most, { length }) => Math.max(most, length), 1),
  };
}

/**
 * Tokens that a stage computes at once, of at most `tokens` a step: the share of a micro-batch, never less than the longest
 * sequence that the stage may meet.
 * @param facts whether it learns from the task's sentences too.
 */
export function tokensAtOnce({ session, task, tokens: own, sentences }: World, tokens: number, facts: boolean): number {
  const { micro_batches } = session.model;
  if (micro_batches === 1) return tokens;
  const { query, answer, document } = longestSequences(task, own);
  const completion = session.grpo.steps > 0 ? session.grpo.max_completion_length : 0;
  // What was measured on a sample is no bound; the task's own sizes are.
  const bound = own.longest ? 0 : longestSequence(session);
  const longest = Math.max(query + Math.max(answer, completion), document, bound, facts ? sentences.longest : 0);
  return partTokens(tokens, longest, micro_batches);
}
