import type { DevTrace } from '../records/records';
import type { TaskQuery } from '../tasks/task';
import type { ArmRanks, Evaluator } from './evaluate';
import type { TaskTokens } from './task-tokens';

/** Number of held-out queries of each depth whose completions an evaluation keeps: enough to read. */
const KEPT_PER_DEPTH = 8;

/**
 * Collects what the model wrote for the first held-out queries of each depth, with the rank of the right document after
 * every token.
 */
export async function devTraces(
  search: Evaluator,
  tokens: TaskTokens,
  queries: readonly TaskQuery[],
  { completions }: ArmRanks,
  { step, k }: { step: number; k: number },
): Promise<DevTrace[]> {
  if (!completions) return [];
  const seen = new Map<number, number>();
  const kept = queries.flatMap((query, i) => {
    const before = seen.get(query.depth) ?? 0;
    seen.set(query.depth, before + 1);
    return before < KEPT_PER_DEPTH ? [{ query, completion: completions[i]! }] : [];
  });
  const thoughts = kept.map(({ query: { text, relevant }, completion: { ids } }) => ({
    prompt: tokens.prompt(text, 'think'),
    ids,
    relevant,
  }));
  const thinking = await search.follow(thoughts, { k, listed: false });
  return kept.map(({ query, completion: { ids, logprobs, entropies } }, i) => {
    const { ranks, rewards } = thinking[i]!;
    const emitted = ids.at(-1) === tokens.embed;
    return {
      step,
      query: query.text,
      completion: 0,
      ids,
      text: tokens.decode(ids),
      logprobs,
      entropies,
      // The last prefix is the whole reasoning: what the model's own embed token found.
      reward: emitted ? (rewards.at(-1) ?? 0) : 0,
      rank: emitted ? (ranks.at(-1) ?? 0) : 0,
      ranks,
      rewards,
    };
  });
}
