import type { Random } from '../../lib/philox';
import type { Completion, Generator } from '../../model/generator';
import type { RefreshQuery } from '../../retrieval/refresh/report';
import type { TaskQuery } from '../../tasks/task';
import type { StageContext } from './stage';

/** The completions that the policy wrote for a step's queries: `num_generations` of each, next to each other. */
export interface Rollout {
  queries: readonly TaskQuery[];
  completions: readonly (Completion & { query: TaskQuery; prompt: readonly number[] })[];
  /**
   * The queries that the environment searches with, one per completion; the embedding is null where the embed token did
   * not come.
   */
  searches: readonly RefreshQuery[];
}

/** Draws queries by depth in the proportions of `depth_weights`; with equal weights, deep queries are never learnt. */
export function drawQueries({ session, task }: Pick<StageContext, 'session' | 'task'>, random: Random): TaskQuery[] {
  const { grpo } = session;
  const weights = grpo.depth_weights.slice(0, task.maxDepth);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: grpo.batch_size }, () => {
    let left = random.uniform() * total;
    const depth = weights.findIndex((weight) => (left -= weight) < 0);
    return task.sampleQuery(depth < 0 ? weights.length : depth + 1, false, random.uniform);
  });
}

/**
 * Samples the group of completions of each query and reads back the embeddings that they ended in.
 * @param t the step
 */
export async function rollOut(
  { tokens, session, model }: StageContext,
  generator: Generator,
  queries: readonly TaskQuery[],
  t: number,
): Promise<Rollout> {
  const { grpo, seed } = session;
  const size = grpo.num_generations;
  const prompts = queries.map(({ text }) => tokens.prompt(text, 'think'));
  const { completions: written, captured: hidden } = await generator.generateCaptured(prompts, size, {
    maxTokens: grpo.max_completion_length,
    stopToken: tokens.embed,
    temperature: grpo.temperature,
    top_k: grpo.top_k,
    top_p: grpo.top_p,
    seed,
    stream: 'grpo',
    step: t,
  });
  const C = model.architecture.hidden_size;
  const completions = written.map((completion, i) => {
    const group = Math.floor(i / size);
    return { ...completion, query: queries[group]!, prompt: prompts[group]! };
  });
  const searches = completions.map(({ ids, query }, i): RefreshQuery => {
    const embedding = ids.at(-1) === tokens.embed ? unit(hidden.subarray(i * C, (i + 1) * C)) : null;
    return { query: query.text, completion: i % size, embedding, relevant: query.relevant };
  });
  return { queries, completions, searches };
}

/**
 * Divides an embedding by its length, in f64 on the CPU: the kernel that evaluation uses (`model/captured.ts`) rounds
 * otherwise, and fingerprints would differ.
 */
function unit(row: Float32Array): Float32Array {
  const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  return row.map((x) => x / Math.max(norm, 1e-12));
}
