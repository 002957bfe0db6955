import type { Owned, View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { gatherRows } from '../kernels/gather/gather';
import { l2NormalizeForward } from '../kernels/l2-normalize/l2-normalize';
import { COUNT, countWords, liveRows } from '../kernels/rows';
import { InputError } from '../lib/errors';
import { packSequences } from './batch';
import { ForwardPass } from './forward-pass';
import { LogitScratch, recordLogits } from './head';
import type { Model } from './model';

/** Logits of whole sequences; what `logits` and the reference checks read. On the GPU lies one chunk of them at a time. */
export class LogitsPass {
  private readonly pass: ForwardPass;
  private readonly head: LogitScratch;
  private readonly rows: Owned;
  private readonly counts: Owned;
  private program: Program | null = null;

  /** @param tokens of all sequences together, at most. */
  constructor(
    private readonly model: Model,
    tokens: number,
  ) {
    const { gpu } = model;
    this.pass = new ForwardPass(model, 'hidden states', tokens);
    this.head = new LogitScratch(gpu, model, tokens);
    this.rows = gpu.buffer('logit rows', this.head.chunk * 4);
    this.counts = gpu.upload('logit counts', countWords({}));
  }

  /** @returns logits (T, V) and hidden (T, C) of the sequences laid end to end. */
  async run(sequences: readonly (readonly number[])[]): Promise<{ logits: Float32Array; hidden: Float32Array }> {
    const { model, pass, head } = this;
    const { gpu, architecture } = model;
    const { vocab_size: V, hidden_size: C } = architecture;
    await pass.ready();
    this.program ??= await this.record();
    const packed = packSequences(sequences);
    pass.run(packed);
    const count = packed.ids.length;
    const logits = new Float32Array(count * V);
    for (let first = 0; first < count; first += head.chunk) {
      const rows = Uint32Array.from({ length: Math.min(head.chunk, count - first) }, (_, i) => first + i);
      gpu.write(this.rows, rows);
      gpu.write(this.counts, countWords({ TARGETS: rows.length }));
      this.program.run();
      logits.set(await gpu.readFloats(head.logits, rows.length * V), first * V);
    }
    return { logits, hidden: await gpu.readFloats(pass.activations.hidden, count * C) };
  }

  private record(): Promise<Program> {
    const { model, head } = this;
    const recorder = new Recorder(model.gpu, 'logits');
    recordLogits(recorder, this.counts, model, {
      rows: liveRows(head.chunk, COUNT.TARGETS),
      at: this.rows,
      hidden: this.pass.activations.hidden,
      gathered: head.hidden,
      into: head.logits,
    });
    return recorder.finish();
  }

  destroy(): void {
    this.pass.destroy();
    this.head.destroy();
    this.program?.destroy();
    this.model.gpu.free(this.rows, this.counts);
  }
}

/** Embeds sequences, many to a submit: the normalised final hidden state of each one's last token. */
export class Encoder {
  private readonly pass: ForwardPass;
  private readonly rows: Owned;
  private readonly hidden: Owned;
  private readonly norms: Owned;
  private readonly embeddings: Owned;

  /** @param tokens and @param sequences bound what one submit holds. */
  constructor(
    private readonly model: Model,
    readonly tokens: number,
    readonly sequences: number,
  ) {
    const { gpu, architecture } = model;
    const rowBytes = architecture.hidden_size * 4;
    this.pass = new ForwardPass(model, 'encode', tokens, (recorder) => {
      const rows = liveRows(sequences, COUNT.QUERIES);
      const channels = architecture.hidden_size;
      const { batch, activations } = this.pass;
      gatherRows(recorder, batch, { rows, channels, at: this.rows, x: activations.hidden, out: this.hidden });
      l2NormalizeForward(recorder, batch, { rows, channels, x: this.hidden, y: this.embeddings, norms: this.norms });
    });
    this.rows = gpu.buffer('embed rows', sequences * 4);
    this.hidden = gpu.buffer('embed hidden', sequences * rowBytes);
    this.norms = gpu.buffer('embed norms', sequences * 4);
    this.embeddings = gpu.buffer('embeddings', sequences * rowBytes);
  }

  /** Records what the passes run, the first time. */
  ready(): Promise<void> {
    return this.pass.ready();
  }

  /**
   * Embeds `sequences` (each ending in its embed token) into the rows of `into` (…, C), in one submit or more.
   * @throws InputError for a sequence longer than the context.
   */
  async encodeInto(sequences: readonly (readonly number[])[], into: View): Promise<void> {
    const { gpu, architecture } = this.model;
    await this.pass.ready();
    const rowBytes = architecture.hidden_size * 4;
    for (let at = 0; at < sequences.length;) {
      const batch = takeSequences(sequences, at, {
        tokens: this.tokens,
        sequences: this.sequences,
        positions: architecture.max_position_embeddings,
      });
      const packed = packSequences(batch);
      gpu.write(
        this.rows,
        Uint32Array.from(batch, (sequence, i) => packed.starts[i]! + sequence.length - 1),
      );
      this.pass.run(packed, { QUERIES: batch.length });
      const encoder = gpu.device.createCommandEncoder({ label: 'keep embeddings' });
      encoder.copyBufferToBuffer(
        this.embeddings.buffer,
        0,
        into.buffer,
        into.offset + at * rowBytes,
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

  destroy(): void {
    this.pass.destroy();
    this.model.gpu.free(this.rows, this.hidden, this.norms, this.embeddings);
  }
}

/**
 * The sequences from `from` on that fit in one submit.
 * @throws InputError for a sequence without tokens or longer than the context.
 */
export function takeSequences(
  sequences: readonly (readonly number[])[],
  from: number,
  most: { tokens: number; sequences: number; positions: number },
): (readonly number[])[] {
  const limit = Math.min(most.tokens, most.positions);
  let tokens = 0;
  let end = from;
  while (end < sequences.length && end - from < most.sequences) {
    const { length } = sequences[end]!;
    if (length === 0 || length > limit) {
      throw new InputError(`sequence ${end} has ${length} tokens, expected 1 to ${limit}`);
    }
    if (tokens + length > most.tokens) break;
    tokens += length;
    end++;
  }
  return sequences.slice(from, end);
}
