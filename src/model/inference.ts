import type { View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { gatherRows } from '../kernels/gather';
import { l2NormalizeForward } from '../kernels/l2-normalize';
import { COUNT, liveRows } from '../kernels/rows';
import { InputError } from '../lib/errors';
import { Activations } from './activations';
import { BatchBuffers, packSequences } from './batch';
import { recordForward } from './forward';
import { recordLogits } from './head';
import type { Model } from './model';

/** Logits of whole sequences, a sequence at a time; what `logits` and the reference checks read. */
export class LogitsPass {
  private readonly batch: BatchBuffers;
  private readonly activations: Activations;
  private readonly rows: View;
  private readonly gathered: View;
  private readonly logits: View;
  private program: Program | null = null;

  constructor(
    private readonly model: Model,
    readonly tokens: number,
  ) {
    const { gpu, architecture } = model;
    this.batch = new BatchBuffers(gpu, tokens, false);
    this.activations = new Activations(gpu, model, tokens, 'nothing');
    this.rows = gpu.upload(
      'logit rows',
      Uint32Array.from({ length: tokens }, (_, i) => i),
    );
    this.gathered = gpu.buffer('logit hidden', tokens * architecture.hidden_size * 4);
    this.logits = gpu.buffer('logits', tokens * architecture.vocab_size * 4);
  }

  /** @returns logits (T, V) and hidden (T, C) of the sequences laid end to end. */
  async run(sequences: readonly (readonly number[])[]): Promise<{ logits: Float32Array; hidden: Float32Array }> {
    const { gpu, architecture } = this.model;
    this.program ??= await this.record();
    const packed = packSequences(sequences);
    const count = packed.ids.length;
    this.batch.write(packed, { TARGETS: count });
    this.program.run();
    const logits = await gpu.readFloats(this.logits, count * architecture.vocab_size);
    return { logits, hidden: await gpu.readFloats(this.activations.hidden, count * architecture.hidden_size) };
  }

  private record(): Promise<Program> {
    const recorder = new Recorder(this.model.gpu, 'logits');
    recordForward(recorder, this.model, this.batch, this.activations);
    recordLogits(recorder, this.batch.counts, this.model, {
      rows: liveRows(this.tokens, COUNT.TARGETS),
      at: this.rows,
      hidden: this.activations.hidden,
      gathered: this.gathered,
      into: this.logits,
    });
    return recorder.finish();
  }

  destroy(): void {
    this.batch.destroy();
    this.activations.destroy();
    this.program?.destroy();
    this.model.gpu.free(this.rows, this.gathered, this.logits);
  }
}

/** Embeds sequences, many to a submit: the normalised final hidden state of each one's last token. */
export class Encoder {
  private readonly batch: BatchBuffers;
  private readonly activations: Activations;
  private readonly rows: View;
  private readonly hidden: View;
  private readonly norms: View;
  private readonly embeddings: View;
  private program: Program | null = null;

  /** @param tokens and @param sequences bound what one submit holds. */
  constructor(
    private readonly model: Model,
    readonly tokens: number,
    readonly sequences: number,
  ) {
    const { gpu, architecture } = model;
    const rowBytes = architecture.hidden_size * 4;
    this.batch = new BatchBuffers(gpu, tokens, false);
    this.activations = new Activations(gpu, model, tokens, 'nothing');
    this.rows = gpu.buffer('embed rows', sequences * 4);
    this.hidden = gpu.buffer('embed hidden', sequences * rowBytes);
    this.norms = gpu.buffer('embed norms', sequences * 4);
    this.embeddings = gpu.buffer('embeddings', sequences * rowBytes);
  }

  /**
   * Embeds `sequences` (each ending in its embed token) into row `first` onwards of `into` (…, C), in one submit or more.
   * @throws InputError for a sequence longer than the context.
   */
  async encodeInto(sequences: readonly (readonly number[])[], into: View, first = 0): Promise<void> {
    const { gpu, architecture } = this.model;
    this.program ??= await this.record();
    const rowBytes = architecture.hidden_size * 4;
    for (let at = 0; at < sequences.length;) {
      const batch = this.take(sequences, at);
      const packed = packSequences(batch);
      this.batch.write(packed, { QUERIES: batch.length });
      gpu.write(
        this.rows,
        Uint32Array.from(batch, (sequence, i) => packed.starts[i]! + sequence.length - 1),
      );
      this.program.run();
      const encoder = gpu.device.createCommandEncoder({ label: 'keep embeddings' });
      encoder.copyBufferToBuffer(
        this.embeddings.buffer,
        0,
        into.buffer,
        into.offset + (first + at) * rowBytes,
        batch.length * rowBytes,
      );
      gpu.device.queue.submit([encoder.finish()]);
      at += batch.length;
    }
  }

  /** Embeddings (sequences, C) on the CPU. */
  async encode(sequences: readonly (readonly number[])[]): Promise<Float32Array<ArrayBuffer>> {
    const { gpu, architecture } = this.model;
    const into = gpu.buffer('encoded', sequences.length * architecture.hidden_size * 4);
    try {
      await this.encodeInto(sequences, into);
      return await gpu.readFloats(into, sequences.length * architecture.hidden_size);
    } finally {
      gpu.free(into);
    }
  }

  private take(sequences: readonly (readonly number[])[], from: number): (readonly number[])[] {
    const limit = Math.min(this.tokens, this.model.architecture.max_position_embeddings);
    let tokens = 0;
    let end = from;
    while (end < sequences.length && end - from < this.sequences) {
      const { length } = sequences[end]!;
      if (length === 0 || length > limit) {
        throw new InputError(`sequence ${end} has ${length} tokens, expected 1 to ${limit}`);
      }
      if (tokens + length > this.tokens) break;
      tokens += length;
      end++;
    }
    return sequences.slice(from, end);
  }

  private record(): Promise<Program> {
    const { model, batch, activations } = this;
    const recorder = new Recorder(model.gpu, 'encode');
    const rows = liveRows(this.sequences, COUNT.QUERIES);
    const channels = model.architecture.hidden_size;
    const context = { counts: batch.counts };
    recordForward(recorder, model, batch, activations);
    gatherRows(recorder, context, { rows, channels, at: this.rows, x: activations.hidden, out: this.hidden });
    l2NormalizeForward(recorder, context, { rows, channels, x: this.hidden, y: this.embeddings, norms: this.norms });
    return recorder.finish();
  }

  destroy(): void {
    this.batch.destroy();
    this.activations.destroy();
    this.program?.destroy();
    this.model.gpu.free(this.rows, this.hidden, this.norms, this.embeddings);
  }
}
