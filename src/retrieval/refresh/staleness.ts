import { InputError } from '../../lib/errors';

/** Weight of a new observation of a document's drift rate. */
const RATE_UPDATE = 0.5;
/** Weight of a step's mean in the corpus's rate. */
const CORPUS_RATE_UPDATE = 0.2;

export interface StalenessState {
  /** Step of each document's last encoding, (N). */
  encodedAt: Int32Array;
  /** Estimated drift per step, (N); negative where none was measured. */
  rate: Float64Array;
  /** Mean estimate over the documents that have one; negative before the first. */
  corpusRate: number;
}

/** Keeps an estimate of how stale each document's embedding is. */
export class Staleness {
  private readonly encodedAt: Int32Array;
  private readonly rate: Float64Array;
  private corpusRate = -1;

  /** Starts with all documents encoded at `step`. */
  constructor(
    readonly size: number,
    step: number,
  ) {
    this.encodedAt = new Int32Array(size).fill(step);
    this.rate = new Float64Array(size).fill(-1);
  }

  /** @throws InputError where the state is for another number of documents */
  static restore(state: StalenessState, size: number): Staleness {
    if (state.encodedAt.length !== size || state.rate.length !== size) {
      throw new InputError(`refresh state: it is for ${state.encodedAt.length} documents, expected ${size}`);
    }
    const staleness = new Staleness(size, 0);
    staleness.encodedAt.set(state.encodedAt);
    staleness.rate.set(state.rate);
    staleness.corpusRate = state.corpusRate;
    return staleness;
  }

  state(): StalenessState {
    return { encodedAt: this.encodedAt.slice(), rate: this.rate.slice(), corpusRate: this.corpusRate };
  }

  /** Steps since the document was encoded. */
  age(document: number, step: number): number {
    return step - this.encodedAt[document]!;
  }

  /** Estimated drift per step; 1 for all before anything was measured. */
  driftRate(document: number): number {
    const own = this.rate[document]!;
    if (own >= 0) return own;
    return this.corpusRate >= 0 ? this.corpusRate : 1;
  }

  /** Records that `documents` were encoded at `step`, and how far each had drifted from its stored embedding. */
  noteEncoded(documents: Int32Array, drifts: ArrayLike<number>, step: number): void {
    let sum = 0;
    let seen = 0;
    documents.forEach((document, i) => {
      const age = this.age(document, step);
      this.encodedAt[document] = step;
      if (age <= 0) return;
      const observed = drifts[i]! / age;
      const own = this.rate[document]!;
      this.rate[document] = own < 0 ? observed : own + RATE_UPDATE * (observed - own);
      sum += observed;
      seen++;
    });
    if (seen === 0) return;
    const mean = sum / seen;
    this.corpusRate = this.corpusRate < 0 ? mean : this.corpusRate + CORPUS_RATE_UPDATE * (mean - this.corpusRate);
  }

  /** The documents encoded longest ago, oldest first, then by id; those of `skip` and those of age 0 are left out. */
  oldest(count: number, step: number, skip: ReadonlySet<number>): number[] {
    const stale: number[] = [];
    for (let document = 0; document < this.size; document++) {
      if (this.encodedAt[document]! < step && !skip.has(document)) stale.push(document);
    }
    stale.sort((a, b) => this.encodedAt[a]! - this.encodedAt[b]! || a - b);
    return stale.slice(0, Math.max(0, count));
  }

  summary(step: number): { mean: number; max: number } {
    let sum = 0;
    let max = 0;
    for (let document = 0; document < this.size; document++) {
      sum += this.age(document, step);
      max = Math.max(max, this.age(document, step));
    }
    return { mean: sum / this.size, max };
  }
}
