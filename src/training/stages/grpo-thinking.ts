import type { Owned } from '../../gpu/gpu';
import type { Encoder } from '../../model/inference';
import { PrefixRanks, type RankWhileThinking } from '../prefix-ranks';
import type { Rollout } from './grpo-rollout';
import type { StageContext } from './stage';

/**
 * Computes the rank while thinking of a step's completions, on sampled steps: with the model that wrote them and the
 * vectors that rewarded them.
 */
export class GrpoThinking {
  private made: { documents: Owned; prefixes: PrefixRanks } | null = null;

  constructor(
    private readonly context: StageContext,
    private readonly encoder: Encoder,
  ) {}

  async ready(): Promise<void> {
    const { session, gpu, model, task, tokens } = this.context;
    if (session.environment.rank_every === 0 || this.made) return;
    const count = task.documents.length;
    const documents = gpu.buffer('kept documents', count * model.architecture.hidden_size * 4);
    this.made = { documents, prefixes: new PrefixRanks(model, this.encoder, tokens.embed, documents, count) };
    await this.made.prefixes.ready();
  }

  /** @param vectors of all documents, (N, C). @returns one per completion; null on steps that do not record it */
  async follow({ completions }: Rollout, vectors: Float32Array, t: number): Promise<RankWhileThinking[] | null> {
    const { gpu, session } = this.context;
    if (!this.made || t % session.environment.rank_every !== 0) return null;
    gpu.write(this.made.documents, vectors);
    const thoughts = completions.map(({ ids, prompt, query }) => ({ prompt, ids, relevant: query.relevant }));
    return this.made.prefixes.follow(thoughts, { k: session.grpo.reward_k, listed: false });
  }

  destroy(): void {
    this.made?.prefixes.destroy();
    if (this.made) this.context.gpu.free(this.made.documents);
  }
}
