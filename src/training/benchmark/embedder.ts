import type { OnProgress } from '../../lib/progress';
import { InputError } from '../../lib/errors';
import type { BertModel } from '../../model/bert/bert-model';
import { Encoder } from '../../model/inference';
import { Model } from '../../model/model';
import type { EmbeddingPrompts } from './embedding-prompts';
import { takeBatch, TraceGenerator } from './trace-generator';

/** Tokens and sequences of one submit. */
export const SUBMIT_TOKENS = 4096;
export const SUBMIT_SEQUENCES = 256;
/** Texts whose embeddings are read back at once. */
const READ_ROWS = 256;
/** Tokens after which a trace counts as one that never ends; most contexts are shorter. */
const LONGEST_TRACE = 1024;

type Sequences = readonly (readonly number[])[];

export interface Reasoned {
  /** L2-normalised (n, C). */
  vectors: Float32Array<ArrayBuffer>;
  /** The tokens that were written before the embed token, by text. */
  traces: number[][];
  /** Number of texts after which no embed token came. */
  notEmitted: number;
}

/** A model that embeds: a decoder, which can write too, or an encoder. */
export type EmbeddingModel = Model | BertModel;

/** Embeds tokenized texts with a model. */
export class Embedder {
  private readonly channels: number;

  /** @param onProgress called after every submit with the number of texts done. */
  constructor(
    private readonly model: EmbeddingModel,
    private readonly prompts: Pick<EmbeddingPrompts, 'embed' | 'context' | 'pooling'>,
    private readonly onProgress: OnProgress = () => undefined,
  ) {
    this.channels = model.architecture.hidden_size;
  }

  /** L2-normalised embeddings (n, C) of sequences that end in the embed token. */
  async direct(sequences: Sequences): Promise<Float32Array<ArrayBuffer>> {
    const vectors = new Float32Array(sequences.length * this.channels);
    const encoder = this.encoder(Math.max(SUBMIT_TOKENS, longest(sequences)));
    try {
      for (let first = 0; first < sequences.length; first += READ_ROWS) {
        vectors.set(await encoder.encode(sequences.slice(first, first + READ_ROWS)), first * this.channels);
        await this.onProgress(Math.min(first + READ_ROWS, sequences.length), sequences.length);
      }
    } finally {
      encoder.destroy();
    }
    return vectors;
  }

  /** @throws Error for an encoder with a pooling of decoders, which no opened folder has. */
  private encoder(tokens: number): Pick<Encoder, 'encode' | 'destroy'> {
    const { model, prompts } = this;
    if (model instanceof Model) return new Encoder(model, tokens, SUBMIT_SEQUENCES);
    if (prompts.pooling === 'lasttoken') throw new Error('an encoder embeds by its first token or the mean of all');
    return model.encoder(prompts.pooling, tokens, SUBMIT_SEQUENCES);
  }

  /**
   * L2-normalised embeddings (n, C) after greedy reasoning up to the embed token. A prompt after which none comes is
   * embedded at once instead, and counted in `notEmitted`. `traces` has the ids that were written, without the embed token.
   */
  async reasoning(sequences: Sequences): Promise<Reasoned> {
    const vectors = new Float32Array(sequences.length * this.channels);
    const traces: number[][] = sequences.map(() => []);
    const open = new Set(sequences.keys());
    await this.traces(sequences, (row, ids, vector) => {
      traces[row] = ids;
      if (!vector) return;
      vectors.set(vector, row * this.channels);
      open.delete(row);
    });
    const closed = [...open];
    const forced = await this.direct(closed.map((row) => [...sequences[row]!, this.prompts.embed]));
    closed.forEach((row, i) => {
      vectors.set(forced.subarray(i * this.channels, (i + 1) * this.channels), row * this.channels);
    });
    return { vectors, traces, notEmitted: closed.length };
  }

  private async traces(
    sequences: Sequences,
    emit: (row: number, ids: number[], vector: Float32Array | null) => void,
  ): Promise<void> {
    const room = (row: number): number => Math.min(LONGEST_TRACE, this.prompts.context - sequences[row]!.length);
    let pending = [...sequences.keys()].filter((row) => sequences[row]!.length > 0);
    if (pending.length === 0) return;
    if (!(this.model instanceof Model)) throw new InputError('an encoder writes nothing, expected a model that does');
    const traces = new TraceGenerator(this.model, this.prompts.embed, {
      prompts: pending.length,
      longestPrompt: longest(sequences),
      maxTokens: pending.reduce((most, row) => Math.max(most, room(row)), 1),
    });
    try {
      while (pending.length > 0) {
        const { batch, rest } = takeBatch(pending, (row) => sequences[row]!.length, traces.capacity);
        // The longest prompt bounds the batch; a shorter one that did not end continues in a later batch, with more room.
        const bound = room(batch[0]!);
        const found = await traces.run(
          batch.map((row) => sequences[row]!),
          bound,
        );
        const again: number[] = [];
        batch.forEach((row, i) => {
          const { ids, vector } = found[i]!;
          emit(row, ids, vector);
          if (!vector && room(row) > bound) again.push(row);
        });
        pending = [...rest, ...again];
        await this.onProgress(sequences.length - pending.length, sequences.length);
      }
    } finally {
      traces.destroy();
    }
  }
}

const longest = (sequences: Sequences): number => sequences.reduce((most, { length }) => Math.max(most, length), 1);
