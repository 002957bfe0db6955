import type { Random } from '../../lib/philox';
import { LogprobPass } from '../../model/logprobs';
import { Contrastive } from '../../objectives/contrastive';
import type { PairTargets } from '../../objectives/cosine-scores';
import { Grpo } from '../../objectives/grpo';
import type { NextToken } from '../../objectives/next-token';
import { term, type Objective } from '../../objectives/objective';
import type { TokenTargets } from '../../objectives/token-rows';
import { BatchBuilder, DocumentRows, TargetBuilder } from '../batch-builder';
import { longestSequences, tokensAtOnce } from '../longest-sequences';
import type { StepBatch } from '../gradient-pass';
import type { Rollout } from './grpo-rollout';
import type { StageContext, World } from './stage';
import { replayOf } from './supervised';

/**
 * The most that a step of stage 2 holds: tokens of its batch, tokens computed at once, tokens of its completions with
 * their prompts, and what each objective learns.
 */
export function grpoCapacity(world: World) {
  const { session, tokens, sentences } = world;
  const { grpo } = session;
  const { query, document } = longestSequences(session, tokens);
  const completions = grpo.batch_size * grpo.num_generations;
  const sampled = completions * (query + grpo.max_completion_length);
  const queries = grpo.contrastive_weight > 0 ? grpo.batch_size : 0;
  const replay = grpo.replay_weight > 0 ? grpo.replay_batch_size * sentences.longest : 0;
  const most = sampled + 2 * queries * document + replay;
  const atOnce = tokensAtOnce(world, most, replay > 0);
  return {
    tokens: most,
    atOnce,
    prompts: grpo.batch_size * query,
    completions,
    sampled: Math.min(sampled, atOnce),
    targets: Math.min(completions * grpo.max_completion_length, atOnce),
    queries,
    documents: 2 * queries,
    replay: Math.min(replay, atOnce),
  };
}

/** An update whose rewards are not known yet. */
interface BegunBatch {
  batch: BatchBuilder;
  /** The row at which each completion's sequence starts, with its prompt. */
  starts: readonly number[];
  learnt: TokenTargets;
  oldLogprobs: Float32Array<ArrayBuffer>;
  /** Log-probabilities under the frozen model. */
  reference: Promise<Float32Array<ArrayBuffer>>;
}

/**
 * Builds the batches of stage 2: the policy's term and, where they have weight, a contrastive term and replayed facts.
 */
export class GrpoBatches {
  readonly objectives: readonly Objective[];
  private readonly policy: Grpo;
  private readonly contrastive: Contrastive | null;
  private readonly replay: NextToken | null;
  private readonly reference: LogprobPass;

  constructor(private readonly context: StageContext) {
    const { model, frozen, session } = context;
    const { grpo, sft } = session;
    const most = grpoCapacity(context);
    this.policy = new Grpo(model, most.targets, grpo);
    const infonce = { weight: grpo.contrastive_weight, temperature: sft.temperature };
    this.contrastive = most.queries > 0 ? new Contrastive(model, { ...most, infonce }) : null;
    this.replay = replayOf(model, most.replay, grpo.replay_weight);
    this.objectives = [this.policy, this.contrastive, this.replay].filter((objective) => objective !== null);
    this.reference = new LogprobPass(frozen.model, { tokens: most.sampled, targets: most.targets }, grpo.temperature);
  }

  async ready(): Promise<void> {
    if (this.context.session.grpo.beta > 0) await this.reference.ready();
  }

  /**
   * Begins an update's batch with everything but the rewards: the frozen model computes its log-probabilities before
   * the documents are searched, and they are awaited after.
   */
  begin({ completions }: Rollout): BegunBatch {
    const { grpo } = this.context.session;
    const batch = new BatchBuilder();
    const targets = new TargetBuilder();
    const starts = completions.map(({ ids, prompt }) => {
      const sequence = [...prompt, ...ids];
      const start = batch.add(sequence);
      targets.learn(sequence, start, prompt.length);
      return start;
    });
    const learnt = targets.finish(1);
    const oldLogprobs = Float32Array.from(completions.flatMap(({ logprobs }) => logprobs));
    const reference =
      grpo.beta > 0
        ? this.reference.run([...batch.sequences], learnt.rows, learnt.labels)
        : Promise.resolve(oldLogprobs);
    // Where the search fails first, nothing else would handle its rejection.
    reference.catch(() => undefined);
    return { batch, starts, learnt, oldLogprobs, reference };
  }

  /** Completes a begun batch. @param rewards and @param advantages of the completions, in their order. */
  async finish(
    { batch, starts, learnt, oldLogprobs, reference }: BegunBatch,
    rollout: Rollout,
    rewards: readonly number[],
    advantages: Float32Array,
    random: Random,
  ): Promise<StepBatch> {
    const { grpo } = this.context.session;
    const { completions } = rollout;
    const sampled = {
      ...learnt,
      advantages: Float32Array.from(
        completions.flatMap(({ ids }, i) => ids.map(() => (grpo.policy_gradient ? advantages[i]! : 0))),
      ),
      oldLogprobs,
      referenceLogprobs: await reference,
    };
    const terms = [term(this.policy, sampled)];
    const best = this.contrastive && this.bestPairs(rollout, rewards, batch, starts);
    if (this.contrastive && best) terms.push(term(this.contrastive, best));
    if (this.replay) {
      const { sentences } = this.context;
      const facts = sentences.draw(batch, grpo.replay_batch_size, grpo.replay_weight, random, true);
      terms.push(term(this.replay, facts));
    }
    return { sequences: batch.sequences, terms };
  }

  /**
   * Pairs for InfoNCE: each group's best completion, where its reward is high enough; on wrong completions it would
   * teach to ignore the trace.
   */
  private bestPairs(
    { queries, completions, searches }: Rollout,
    rewards: readonly number[],
    batch: BatchBuilder,
    starts: readonly number[],
  ): PairTargets | null {
    const { session, tokens } = this.context;
    const { num_generations: size, contrastive_min_reward: least } = session.grpo;
    const documents = new DocumentRows(batch, (row) => tokens.document(row));
    const pairs = queries.flatMap((query, group) => {
      let best = group * size;
      for (let i = best; i < (group + 1) * size; i++) if (rewards[i]! > rewards[best]!) best = i;
      if (searches[best]!.embedding === null || rewards[best]! < least) return [];
      const { prompt, ids } = completions[best]!;
      const positive = documents.add(query.relevant[0]!.document);
      const negative = documents.add(query.hardNegatives[0] ?? query.relevant[0]!.document);
      return [{ row: starts[best]! + prompt.length + ids.length - 1, positive, negative }];
    });
    return pairs.length === 0 ? null : documents.finish(pairs);
  }

  destroy(): void {
    this.reference.destroy();
  }
}
