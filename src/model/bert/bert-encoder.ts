import type { BertArchitecture } from '../../config/bert';
import type { Gpu, Owned } from '../../gpu/gpu';
import { Recorder, type Program } from '../../gpu/recorder';
import { gatherRows } from '../../kernels/gather/gather';
import { l2NormalizeForward } from '../../kernels/l2-normalize/l2-normalize';
import { meanRows } from '../../kernels/pool/mean-rows';
import { COUNT, liveRows } from '../../kernels/rows';
import { BatchBuffers, packSequences } from '../batch';
import { takeSequences } from '../inference';
import type { Pass } from '../pass';
import { tokenPass } from '../transformer';
import { BertActivations } from './bert-activations';

/** How the hidden states of a text become its embedding: their mean, or the first token's. */
export type BertPooling = 'mean' | 'cls';

/** The part of a model that the encoder uses. */
interface EncodedBy {
  readonly gpu: Gpu;
  readonly architecture: BertArchitecture;
  forward(pass: Pass, batch: BatchBuffers, activations: BertActivations): void;
}

/** Embeds sequences with a `bert` encoder, many to a submit, at length 1. */
export class BertEncoder {
  private readonly batch: BatchBuffers;
  private readonly activations: BertActivations;
  private readonly starts: Owned;
  private readonly ends: Owned;
  private readonly pooled: Owned;
  private readonly norms: Owned;
  private readonly embeddings: Owned;
  private program: Program | null = null;

  /** @param tokens and @param sequences bound what one submit holds. */
  constructor(
    private readonly model: EncodedBy,
    private readonly pooling: BertPooling,
    readonly tokens: number,
    readonly sequences: number,
  ) {
    const { gpu, architecture } = model;
    const channels = architecture.hidden_size;
    this.batch = new BatchBuffers(gpu, tokens, false);
    this.activations = new BertActivations(gpu, architecture, tokens);
    this.starts = gpu.buffer('text starts', sequences * 4);
    this.ends = gpu.buffer('text ends', sequences * 4);
    this.pooled = gpu.buffer('pooled', sequences * channels * 4);
    this.norms = gpu.buffer('embed norms', sequences * 4);
    this.embeddings = gpu.buffer('embeddings', sequences * channels * 4);
  }

  /**
   * Embeddings (sequences, C) on the CPU.
   * @throws InputError for a sequence without tokens or longer than the positions.
   */
  async encode(sequences: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>> {
    const { model, batch, starts, ends } = this;
    const { gpu, architecture } = model;
    const channels = architecture.hidden_size;
    this.program ??= await this.record();
    const vectors = new Float32Array(sequences.length * channels);
    const limits = {
      tokens: this.tokens,
      sequences: this.sequences,
      positions: architecture.max_position_embeddings,
    };
    for (let at = 0; at < sequences.length;) {
      const taken = takeSequences(sequences, at, limits);
      const packed = packSequences(taken);
      gpu.write(starts, Uint32Array.from(packed.starts));
      gpu.write(
        ends,
        Uint32Array.from(taken, ({ length }, i) => packed.starts[i]! + length),
      );
      batch.write(packed, { QUERIES: taken.length });
      this.program.run();
      vectors.set(await gpu.readFloats(this.embeddings, taken.length * channels), at * channels);
      at += taken.length;
    }
    return vectors;
  }

  private record(): Promise<Program> {
    const { model, batch, activations, pooled } = this;
    const recorder = new Recorder(model.gpu, 'encode');
    model.forward(tokenPass(recorder, batch, activations.tokens), batch, activations);
    const rows = liveRows(this.sequences, COUNT.QUERIES);
    const channels = model.architecture.hidden_size;
    const { starts, ends } = this;
    const t = { rows, channels, x: activations.x, out: pooled };
    if (this.pooling === 'mean') meanRows(recorder, batch, { ...t, starts, ends });
    else gatherRows(recorder, batch, { ...t, at: starts });
    l2NormalizeForward(recorder, batch, { rows, channels, x: pooled, y: this.embeddings, norms: this.norms });
    return recorder.finish();
  }

  destroy(): void {
    this.batch.destroy();
    this.activations.destroy();
    this.program?.destroy();
    this.model.gpu.free(this.starts, this.ends, this.pooled, this.norms, this.embeddings);
  }
}
