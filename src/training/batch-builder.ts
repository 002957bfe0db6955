import type { PairTargets } from '../objectives/cosine-scores';
import type { TokenTargets } from '../objectives/token-rows';

/** Collects the sequences of a batch end to end, and the rows of it that are learnt. */
export class BatchBuilder {
  readonly sequences: (readonly number[])[] = [];
  private tokens = 0;

  /** @returns the row of the sequence's first token. */
  add(sequence: readonly number[]): number {
    const start = this.tokens;
    this.sequences.push(sequence);
    this.tokens += sequence.length;
    return start;
  }
}

/** Collects the target rows of a next-token loss, weighted evenly. */
export class TargetBuilder {
  readonly rows: number[] = [];
  readonly labels: number[] = [];

  /** Learns tokens `from` … of a sequence that starts at row `start`: each is predicted by the row before it. */
  learn(sequence: readonly number[], start: number, from: number): void {
    for (let t = Math.max(1, from); t < sequence.length; t++) {
      this.rows.push(start + t - 1);
      this.labels.push(sequence[t]!);
    }
  }

  /** @param weight of the whole term: shared out evenly over the rows. */
  finish(weight: number): TokenTargets {
    return {
      rows: Uint32Array.from(this.rows),
      labels: Uint32Array.from(this.labels),
      weights: new Float32Array(this.rows.length).fill(weight / Math.max(1, this.rows.length)),
    };
  }
}

/** Collects the documents of a batch, each once, however many queries use it. */
export class DocumentRows {
  private readonly column = new Map<number, number>();
  private readonly rows: number[] = [];

  constructor(
    private readonly batch: BatchBuilder,
    private readonly encode: (document: number) => readonly number[],
  ) {}

  /**
   * @param passage what stands for the document, where it is not the whole; the first one of a batch does.
   * @returns the document's column in the batch's scores.
   */
  add(document: number, passage?: readonly number[]): number {
    const known = this.column.get(document);
    if (known !== undefined) return known;
    const ids = passage ?? this.encode(document);
    const column = this.rows.length;
    this.rows.push(this.batch.add(ids) + ids.length - 1);
    this.column.set(document, column);
    return column;
  }

  /** The documents, by column. */
  get documents(): readonly number[] {
    return [...this.column.keys()];
  }

  finish(queries: readonly { row: number; positive: number; negative: number }[]): PairTargets {
    return {
      queryRows: Uint32Array.from(queries, ({ row }) => row),
      documentRows: Uint32Array.from(this.rows),
      positive: Uint32Array.from(queries, ({ positive }) => positive),
      negative: Uint32Array.from(queries, ({ negative }) => negative),
    };
  }
}
