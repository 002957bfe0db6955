import type { Owned } from '../../gpu/gpu';
import { CapturedEmbeddings } from '../../model/captured';
import { Generator } from '../../model/generator';
import type { Model } from '../../model/model';

/** The most completions that are written at once. */
const SEQUENCES = 256;
/** The most prompt tokens of a batch; a single prompt may have more. */
const PROMPT_TOKENS = 4096;
/** The most bytes for the keys and values of all layers. */
const CACHE_BYTES = 512 * 2 ** 20;

export interface TraceCapacity {
  sequences: number;
  promptTokens: number;
  /** The most new tokens of a completion. */
  maxTokens: number;
}

/** Greedy reasoning up to the embed token, whose final hidden state becomes the embedding. */
export class TraceGenerator {
  readonly capacity: TraceCapacity;
  private readonly generator: Generator;
  private readonly embeddings: Owned;
  private readonly captured: CapturedEmbeddings;

  /** @param bounds of the work: how many prompts in all, tokens of the longest one, and of the longest completion. */
  constructor(
    private readonly model: Model,
    private readonly embed: number,
    bounds: { prompts: number; longestPrompt: number; maxTokens: number },
  ) {
    const { gpu, architecture: a } = model;
    const { maxTokens } = bounds;
    const layerBytes = maxTokens * 2 * a.num_key_value_heads * a.head_dim * 4;
    const largest = gpu.device.limits.maxStorageBufferBindingSize;
    const sequences = Math.min(
      SEQUENCES,
      bounds.prompts,
      Math.floor(CACHE_BYTES / (layerBytes * a.num_hidden_layers)),
      Math.floor(largest / Math.max(layerBytes, a.vocab_size * 4)),
    );
    this.capacity = {
      sequences: Math.max(1, sequences),
      promptTokens: Math.max(PROMPT_TOKENS, bounds.longestPrompt),
      maxTokens,
    };
    this.generator = new Generator(model, this.capacity);
    this.embeddings = gpu.buffer('trace embeddings', this.capacity.sequences * a.hidden_size * 4);
    this.captured = new CapturedEmbeddings(model, this.generator, this.embeddings);
  }

  /**
   * Continues prompts up to the embed token.
   * @returns for each prompt its completion without the embed token, and the normalised embedding (C); null where no
   * embed token came within `maxTokens`.
   */
  async run(
    prompts: readonly (readonly number[])[],
    maxTokens: number,
  ): Promise<{ ids: number[]; vector: Float32Array | null }[]> {
    const completions = await this.generator.generate(prompts, 1, {
      maxTokens,
      stopToken: this.embed,
      temperature: 0,
      top_k: 0,
      top_p: 1,
      seed: 0,
      stream: 'evaluation',
      step: 0,
    });
    await this.captured.embed();
    const { gpu, architecture } = this.model;
    const channels = architecture.hidden_size;
    const rows = await gpu.readFloats(this.embeddings, prompts.length * channels);
    return completions.map(({ ids }, i) =>
      ids.at(-1) === this.embed
        ? { ids: ids.slice(0, -1), vector: rows.subarray(i * channels, (i + 1) * channels) }
        : { ids, vector: null },
    );
  }

  destroy(): void {
    this.generator.destroy();
    this.captured.destroy();
    this.model.gpu.free(this.embeddings);
  }
}

/**
 * Chooses the longest remaining prompts that fit in one batch, so that prompts of similar length go together.
 * @param rows those still to do.
 */
export function takeBatch(
  rows: readonly number[],
  lengthOf: (row: number) => number,
  { sequences, promptTokens }: Pick<TraceCapacity, 'sequences' | 'promptTokens'>,
): { batch: number[]; rest: number[] } {
  const sorted = [...rows].sort((a, b) => lengthOf(b) - lengthOf(a) || a - b);
  let tokens = 0;
  let end = 0;
  while (end < Math.min(sequences, sorted.length)) {
    tokens += lengthOf(sorted[end]!);
    if (tokens > promptTokens && end > 0) break;
    end++;
  }
  return { batch: sorted.slice(0, end), rest: sorted.slice(end) };
}
