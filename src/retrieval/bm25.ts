import { bm25Length, bm25Tokens, splitsAccents, type Accents } from './bm25-words';
import { rankingFromScores, type Ranked } from './top-k';

/** Saturation of a term's frequency: the smaller, the sooner. */
const K1 = 0.9;
/** Weight of a document's length, 0 … 1. */
const B = 0.4;

/**
 * BM25 as Lucene 8 and later score it (BM25Similarity), with exact document lengths (Lucene stores them in a byte):
 * Σ over the query's tokens of idf · tf / (tf + k1 · (1 − b + b · length / mean length)), with
 * idf = ln(1 + (N − n + ½) / (n + ½)). A token that the query repeats counts each time; empty documents count in N and
 * in the mean length.
 */
export class Bm25 {
  private readonly postings = new Map<string, { rows: number[]; frequencies: number[] }>();
  /** k1 · (1 − b + b · length / mean length), by row. */
  private readonly lengthNorms: Float64Array;
  private readonly accents: Accents;

  /** @param documents texts to index, one per row. */
  constructor(private readonly documents: readonly string[]) {
    this.accents = splitsAccents(documents) ? 'split' : 'kept';
    const lengths = documents.map((text, row) => this.add(text, row));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const meanLength = total > 0 ? total / documents.length : 1;
    this.lengthNorms = Float64Array.from(lengths, (length) => K1 * (1 - B + (B * length) / meanLength));
  }

  private add(text: string, row: number): number {
    const tokens = bm25Tokens(text, this.accents);
    for (const token of tokens) {
      let posting = this.postings.get(token);
      if (posting === undefined) this.postings.set(token, (posting = { rows: [], frequencies: [] }));
      const last = posting.rows.length - 1;
      if (posting.rows[last] === row) posting.frequencies[last]!++;
      else {
        posting.rows.push(row);
        posting.frequencies.push(1);
      }
    }
    return bm25Length(text, tokens, this.accents);
  }

  /** Scores by row (n), 0 where a document shares no token with the query. */
  scores(query: string): Float32Array {
    const sums = new Float64Array(this.documents.length);
    for (const token of bm25Tokens(query, this.accents)) {
      const posting = this.postings.get(token);
      if (posting === undefined) continue;
      const { rows, frequencies } = posting;
      const idf = Math.log(1 + (this.documents.length - rows.length + 0.5) / (rows.length + 0.5));
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        const frequency = frequencies[i]!;
        sums[row]! += (idf * frequency) / (frequency + this.lengthNorms[row]!);
      }
    }
    return Float32Array.from(sums);
  }

  /**
   * The best documents that share a token with the query, best first.
   * @param compareTies negative where row a goes before row b of the same score; the lower row first where absent.
   */
  search(query: string, topK: number, compareTies?: (a: number, b: number) => number): Ranked {
    const scores = this.scores(query);
    const ranking = rankingFromScores(scores, topK, compareTies);
    const rows = ranking.filter((row) => scores[row]! > 0);
    return { rows, scores: Float32Array.from(rows, (row) => scores[row]!) };
  }
}
