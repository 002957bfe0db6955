import type { View } from '../../gpu/gpu';
import type { Encoder } from '../../model/inference';
import { PrefixRanks, type RankWhileThinking } from '../prefix-ranks';
import type { Rollout } from './grpo-rollout';
import type { StageContext } from './stage';

/** Rank while thinking of a step's completions, on sampled steps: by the model that wrote and the vectors that rewarded. */
export class GrpoThinking {
  private made: { documents: View; prefixes: PrefixRanks } | null = null;

  constructor(
    private readonly context: StageContext,
    private readonly encoder: Encoder,
  ) {}

  /** @param vectors of all documents, (N, C). @returns one a completion; null on steps that do not record it */
  async follow({ completions }: Rollout, vectors: Float32Array, t: number): Promise<RankWhileThinking[] | null> {
    const { gpu, model, task, tokens, session } = this.context;
    const { rank_every } = session.environment;
    if (rank_every === 0 || t % rank_every !== 0) return null;
    if (!this.made) {
      const documents = gpu.buffer('kept documents', vectors.byteLength);
      const prefixes = new PrefixRanks(model, this.encoder, tokens.embed, documents, task.documents.length);
      this.made = { documents, prefixes };
    }
    gpu.write(this.made.documents, vectors);
    const thoughts = completions.map(({ ids, prompt, query }) => ({ prompt, ids, relevant: query.relevant }));
    return this.made.prefixes.follow(thoughts, { k: session.grpo.reward_k, listed: false });
  }

  destroy(): void {
    this.made?.prefixes.destroy();
    if (this.made) this.context.gpu.free(this.made.documents);
  }
}
