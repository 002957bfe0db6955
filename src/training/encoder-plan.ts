import type { OpenedEncoder } from '../formats/opened-model';
import { plannedGpu } from '../gpu/planned';
import { BertModel } from '../model/bert/bert-model';
import type { MemoryPlan, PlanChoices } from '../records/memory';
import { SUBMIT_SEQUENCES, SUBMIT_TOKENS } from './benchmark/embedder';
import { plannedBytes, searchParts, summed } from './memory-plan';

/** Plans the GPU memory of an encoder, as `MemoryPlanner` does for a decoder; an encoder is not trained here. */
export class EncoderPlanner {
  private readonly gpu = plannedGpu();
  private readonly model: BertModel;
  private readonly weights: number;

  constructor({ arch, tensorDtype }: Pick<OpenedEncoder, 'arch' | 'tensorDtype'>) {
    this.model = new BertModel(this.gpu, arch, { dtype: tensorDtype });
    this.weights = this.gpu.counters.liveBytes;
  }

  plan({ length, documents }: PlanChoices): MemoryPlan {
    const { gpu, model, weights } = this;
    const tokens = Math.max(SUBMIT_TOKENS, length);
    const parts = {
      weights,
      adapters: 0,
      moments: 0,
      activations: plannedBytes(gpu, () => [model.encoder('mean', tokens, SUBMIT_SEQUENCES)]),
      cache: 0,
      index: plannedBytes(gpu, () => searchParts(gpu, documents, model.architecture.hidden_size)),
    };
    return summed(parts);
  }

  /**
   * The batch that was asked for where the encoder fits in `bytes`, else 0: it embeds a fixed number of texts at a
   * time.
   */
  largestBatch(choices: PlanChoices, bytes: number): number {
    return this.plan(choices).total <= bytes ? choices.batch : 0;
  }

  /** Always 0: an encoder is not trained. */
  fewestParts(): number {
    return 0;
  }
}
