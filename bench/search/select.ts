import type { Found } from './corpus';

/**
 * Keeps the k best of the scores that are offered, in a binary heap with the worst on top: most are refused by one
 * comparison.
 */
export class Best {
  private size = 0;
  private readonly scores: Float64Array;
  private readonly ids: Int32Array;

  constructor(private readonly k: number) {
    this.scores = new Float64Array(k);
    this.ids = new Int32Array(k);
  }

  /** A score must be above it to be taken. */
  get least(): number {
    return this.size < this.k ? -Infinity : this.scores[0]!;
  }

  offer(id: number, score: number): void {
    const { scores, ids, k } = this;
    if (this.size < k) {
      let at = this.size++;
      while (at > 0 && scores[(at - 1) >> 1]! > score) {
        scores[at] = scores[(at - 1) >> 1]!;
        ids[at] = ids[(at - 1) >> 1]!;
        at = (at - 1) >> 1;
      }
      scores[at] = score;
      ids[at] = id;
      return;
    }
    let at = 0;
    for (let child = 1; child < k; child = 2 * at + 1) {
      if (child + 1 < k && scores[child + 1]! < scores[child]!) child++;
      if (scores[child]! >= score) break;
      scores[at] = scores[child]!;
      ids[at] = ids[child]!;
      at = child;
    }
    scores[at] = score;
    ids[at] = id;
  }

  /** Best first, the lower id first where scores are equal; empty afterwards. */
  take(): [id: number, score: number][] {
    const all = Array.from({ length: this.size }, (_, i): [number, number] => [this.ids[i]!, this.scores[i]!]);
    this.size = 0;
    return all.sort(([a, x], [b, y]) => y - x || a - b);
  }
}

const listed = (all: [number, number][]): Found => ({ ids: all.map(([id]) => id), scores: all.map(([, x]) => x) });

/** The k best of each row of scores (Q, N). */
export function nearestOfScores(scores: ArrayLike<number>, size: number, k: number): Found {
  const best = new Best(k);
  const all: [number, number][] = [];
  for (let from = 0; from < scores.length; from += size) {
    let { least } = best;
    for (let id = 0; id < size; id++) {
      const score = scores[from + id]!;
      if (score <= least) continue;
      best.offer(id, score);
      least = best.least;
    }
    all.push(...best.take());
  }
  return listed(all);
}

/** The k nearest of documents (N, d) to each query (Q, d) by cosine. */
export function nearestInJavaScript(documents: Float32Array, queries: Float32Array, d: number, k: number): Found {
  const best = new Best(k);
  const all: [number, number][] = [];
  // As doubles, which is what the sums are made of: converted once, not once for each document.
  const rows = Float64Array.from(queries);
  const whole = d - (d % 4);
  for (let query = 0; query < rows.length; query += d) {
    let { least } = best;
    for (let at = 0; at < documents.length; at += d) {
      let [a, b, c, e] = [0, 0, 0, 0];
      for (let i = 0; i < whole; i += 4) {
        a += documents[at + i]! * rows[query + i]!;
        b += documents[at + i + 1]! * rows[query + i + 1]!;
        c += documents[at + i + 2]! * rows[query + i + 2]!;
        e += documents[at + i + 3]! * rows[query + i + 3]!;
      }
      for (let i = whole; i < d; i++) a += documents[at + i]! * rows[query + i]!;
      const score = a + b + (c + e);
      if (score <= least) continue;
      best.offer(at / d, score);
      least = best.least;
    }
    all.push(...best.take());
  }
  return listed(all);
}
