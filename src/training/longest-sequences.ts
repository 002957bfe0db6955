import { longestSequence, longestTexts, type TaskLengths } from '../config/tasks';
import type { Session } from '../config/session';
import { partTokens } from '../model/batch-parts';
import type { TaskTokens } from './task-tokens';

/** Tokens of the longest query, answer and document of a session's task: what buffers are made for. */
export const longestSequences = (session: Session, tokens: TaskTokens): TaskLengths =>
  tokens.longest ?? longestTexts(session.task);

/**
 * The most tokens that a stage computes at once, of at most `tokens` a step: the share of a micro-batch, never less
 * than the longest sequence that the stage may meet.
 * @param facts whether the stage learns the task's sentences too.
 */
export function tokensAtOnce(
  { session, tokens: own, sentences }: { session: Session; tokens: TaskTokens; sentences: { longest: number } },
  tokens: number,
  facts: boolean,
): number {
  const { micro_batches } = session.model;
  if (micro_batches === 1) return tokens;
  const { query, answer, document } = longestSequences(session, own);
  const completion = session.grpo.steps > 0 ? session.grpo.max_completion_length : 0;
  // A base's own tokens have bounds of their own.
  const bound = own.longest ? 0 : longestSequence(session);
  const longest = Math.max(query + Math.max(answer, completion), document, bound, facts ? sentences.longest : 0);
  return partTokens(tokens, longest, micro_batches);
}
