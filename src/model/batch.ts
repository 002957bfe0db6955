import type { Gpu, Owned } from '../gpu/gpu';
import { indexTokens } from '../kernels/embedding/embedding';
import { COUNT_WORDS, countWords } from '../kernels/rows';
import { InputError } from '../lib/errors';

/** Sequences laid end to end, without padding. */
export interface PackedSequences {
  ids: Uint32Array<ArrayBuffer>;
  positions: Uint32Array<ArrayBuffer>;
  seqStart: Uint32Array<ArrayBuffer>;
  seqEnd: Uint32Array<ArrayBuffer>;
  /** Row of each sequence's first token. */
  starts: number[];
}

export function packSequences(sequences: readonly (readonly number[])[]): PackedSequences {
  const total = sequences.reduce((sum, { length }) => sum + length, 0);
  const packed = {
    ids: new Uint32Array(total),
    positions: new Uint32Array(total),
    seqStart: new Uint32Array(total),
    seqEnd: new Uint32Array(total),
    starts: [] as number[],
  };
  let row = 0;
  for (const sequence of sequences) {
    packed.starts.push(row);
    const start = row;
    sequence.forEach((id, position) => {
      packed.ids[row] = id;
      packed.positions[row] = position;
      packed.seqStart[row] = start;
      packed.seqEnd[row] = start + sequence.length;
      row++;
    });
  }
  return packed;
}

/** The GPU side of a packed batch, made once at its capacity. */
export class BatchBuffers {
  readonly ids: Owned;
  readonly positions: Owned;
  readonly seqStart: Owned;
  readonly seqEnd: Owned;
  readonly counts: Owned;
  /** Rows by token, for the embedding's gradient; absent where nothing is trained. */
  readonly index: { distinct: Owned; offsets: Owned; order: Owned } | null;

  constructor(
    private readonly gpu: Gpu,
    readonly tokens: number,
    training: boolean,
  ) {
    const words = (label: string, count: number) => gpu.buffer(`batch ${label}`, count * 4);
    this.ids = words('ids', tokens);
    this.positions = words('positions', tokens);
    this.seqStart = words('sequence start', tokens);
    this.seqEnd = words('sequence end', tokens);
    this.counts = words('counts', COUNT_WORDS);
    this.index = training
      ? {
          distinct: words('distinct tokens', tokens),
          offsets: words('token offsets', tokens + 1),
          order: words('token order', tokens),
        }
      : null;
  }

  /**
   * @param free the live rows of the counts that a training step hands out.
   * @throws InputError where the batch has more tokens than this was made for.
   */
  write(
    packed: PackedSequences,
    counts: Omit<Parameters<typeof countWords>[0], 'TOKENS' | 'DISTINCT'>,
    free: readonly number[] = [],
  ): void {
    const tokens = packed.ids.length;
    if (tokens > this.tokens) throw new InputError(`a batch has ${tokens} tokens, expected at most ${this.tokens}`);
    this.gpu.write(this.ids, packed.ids);
    this.gpu.write(this.positions, packed.positions);
    this.gpu.write(this.seqStart, packed.seqStart);
    this.gpu.write(this.seqEnd, packed.seqEnd);
    let distinct = 0;
    if (this.index) {
      const index = indexTokens(packed.ids);
      distinct = index.distinct.length;
      this.gpu.write(this.index.distinct, index.distinct);
      this.gpu.write(this.index.offsets, index.offsets);
      this.gpu.write(this.index.order, index.order);
    }
    this.gpu.write(this.counts, countWords({ ...counts, TOKENS: tokens, DISTINCT: distinct }, free));
  }

  destroy(): void {
    const index = this.index ? Object.values(this.index) : [];
    this.gpu.free(this.ids, this.positions, this.seqStart, this.seqEnd, this.counts, ...index);
  }
}
