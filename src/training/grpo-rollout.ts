import type { Random } from '../lib/philox';
import { type Generator, type Completion } from '../model/generator';
import type { RefreshQuery } from '../retrieval/refresh';
import type { TaskQuery } from '../tasks/task';
import { type BatchBuilder, TargetBuilder } from './batch-builder';
import type { StageContext } from './supervised-stage';

/** What the policy wrote for a step's queries: `num_generations` completions of each, next to each other. */
export interface Rollout {
  queries: TaskQuery[];
  completions: Completion[];
  /** As the environment searches them: embedding null where the embed token did not come. */
  searches: RefreshQuery[];
}

/** Draws queries by depth in the proportions of `depth_weights`: drawn alike, the deep ones starve. */
export function drawQueries(context: StageContext, random: Random): TaskQuery[] {
  const { grpo } = context.session;
  const weights = grpo.depth_weights.slice(0, context.task.maxDepth);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from({ length: grpo.batch_size }, () => {
    let left = random.uniform() * total;
    const depth = weights.findIndex((weight) => (left -= weight) < 0);
    return context.task.sampleQuery(depth < 0 ? weights.length : depth + 1, false, random.uniform);
  });
}

/** Samples the group of each query and reads back the embeddings that the completions ended in. */
export async function rollOut(
  context: StageContext,
  generator: Generator,
  queries: TaskQuery[],
  step: number,
): Promise<Rollout> {
  const { tokens, session, model, gpu } = context;
  const { grpo, seed } = session;
  const size = grpo.num_generations;
  const prompts = queries.map(({ text }) => tokens.prompt(text, 'think'));
  const completions = await generator.generate(prompts, size, {
    maxTokens: grpo.max_completion_length,
    stopToken: tokens.embed,
    temperature: grpo.temperature,
    top_k: grpo.top_k,
    top_p: grpo.top_p,
    seed,
    stream: 'grpo',
    step,
  });
  const C = model.architecture.hidden_size;
  const hidden = await gpu.readFloats(generator.captured, completions.length * C);
  const searches = completions.map(({ ids }, i): RefreshQuery => {
    const query = queries[Math.floor(i / size)]!;
    const embedding = ids.at(-1) === tokens.embed ? unit(hidden.subarray(i * C, (i + 1) * C)) : null;
    return { query: query.text, completion: i % size, embedding, relevant: query.relevant };
  });
  return { queries, completions, searches };
}

function unit(row: Float32Array): Float32Array {
  const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  return row.map((x) => x / Math.max(norm, 1e-12));
}

/** Prompts with their completions, packed, and the rows that predict each completion's tokens. */
export function packRollout(
  context: StageContext,
  { queries, completions }: Rollout,
  batch: BatchBuilder,
): { targets: TargetBuilder; starts: number[]; sequences: number[][] } {
  const size = context.session.grpo.num_generations;
  const targets = new TargetBuilder();
  const sequences: number[][] = [];
  const starts = completions.map(({ ids }, i) => {
    const prompt = context.tokens.prompt(queries[Math.floor(i / size)]!.text, 'think');
    const sequence = [...prompt, ...ids];
    const start = batch.add(sequence);
    targets.learn(sequence, start, prompt.length);
    sequences.push(sequence);
    return start;
  });
  return { targets, starts, sequences };
}
