import type { View } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import { matmul } from '../kernels/matmul';
import { COUNT, countWords, fixedRows, liveRows } from '../kernels/rows';
import { rankOf, topK } from '../kernels/search';
import type { Encoder } from '../model/inference';
import type { Model } from '../model/model';
import { rewardOfRanks, type Relevant } from '../retrieval/refresh/reward';

/** Prefixes scored by one submit. */
const CHUNK = 256;
const NOBODY = 0xffffffff;

/** A completion whose rank is followed while it is written. */
export interface Thought {
  prompt: readonly number[];
  /** Its tokens; a closing embed token is no part of the reasoning. */
  ids: readonly number[];
  relevant: readonly Relevant[];
}

/** The documents nearest to an embedding, best first. */
export interface Nearest {
  documents: number[];
  /** Cosines. */
  scores: number[];
}

/** What would have been found had the embed token come after 0, 1, … tokens of the reasoning: an entry for each. */
export interface RankWhileThinking {
  /** Of the best relevant document, from 1; 0 where nothing is relevant. */
  ranks: number[];
  rewards: number[];
  /** Empty unless asked for. */
  nearest: Nearest[];
}

/**
 * Rank while thinking: embeds every prefix of completions as if the model had stopped to embed there, and ranks the
 * documents exactly. One chain of submits: prefixes packed end to end, cosines, ranks and the nearest on the GPU.
 */
export class PrefixRanks {
  private readonly queries: View;
  private readonly scores: View;
  private readonly wanted: View;
  private readonly ranks: View;
  private readonly ids: View;
  private readonly values: View;
  private readonly counts: View;
  private programs: { score: Program; rank: Program; nearest: Program } | null = null;

  /** @param documents (N, C), L2-normalised, which their owner fills; @param nearest how many are listed, at most N. */
  constructor(
    private readonly model: Model,
    private readonly encoder: Encoder,
    private readonly embed: number,
    private readonly documents: View,
    private readonly size: number,
    private readonly nearest = 10,
  ) {
    const { gpu, architecture } = model;
    const words = (label: string, count: number) => gpu.buffer(`prefix ${label}`, count * 4);
    this.nearest = Math.min(nearest, size);
    this.queries = words('embeddings', CHUNK * architecture.hidden_size);
    this.scores = words('scores', CHUNK * size);
    this.wanted = words('wanted', CHUNK);
    this.ranks = words('ranks', CHUNK);
    this.ids = words('nearest', CHUNK * this.nearest);
    this.values = words('nearest cosines', CHUNK * this.nearest);
    this.counts = gpu.upload('prefix counts', countWords({}));
  }

  /** @param o.k the reward's cut-off; @param o.listed whether the nearest documents are wanted too. */
  async follow(thoughts: readonly Thought[], o: { k: number; listed: boolean }): Promise<RankWhileThinking[]> {
    // Completions of a query begin alike: what two share is embedded once.
    const rowOf = new Map<string, number>();
    const sequences: number[][] = [];
    const wanted: (readonly Relevant[])[] = [];
    const rows = thoughts.map((thought) =>
      this.prefixes(thought).map((sequence) => {
        const key = sequence.join(' ');
        const there = rowOf.get(key);
        if (there !== undefined) return there;
        rowOf.set(key, sequences.length);
        wanted.push(thought.relevant);
        return sequences.push(sequence) - 1;
      }),
    );
    const found = await this.rank(sequences, wanted, o.listed);
    return rows.map((places, i) => {
      const { relevant } = thoughts[i]!;
      const graded = relevant.map(({ grade }) => grade > 0);
      return {
        ranks: places.map((row) => best(found.ranks[row]!.filter((_, r) => graded[r]))),
        rewards: places.map((row) => rewardOfRanks(found.ranks[row]!, relevant, o.k)),
        nearest: o.listed ? places.map((row) => found.nearest[row]!) : [],
      };
    });
  }

  /** Prompt, the first tokens of the reasoning, embed token: for each number of tokens that the context has room for. */
  private prefixes({ prompt, ids }: Thought): number[][] {
    const written = ids.at(-1) === this.embed ? ids.slice(0, -1) : ids;
    const room = this.model.architecture.max_position_embeddings - prompt.length - 1;
    const count = Math.min(written.length, room) + 1;
    return Array.from({ length: count }, (_, t) => [...prompt, ...written.slice(0, t), this.embed]);
  }

  /** Ranks of each sequence's relevant documents, in their order. */
  private async rank(
    sequences: readonly number[][],
    relevant: readonly (readonly Relevant[])[],
    listed: boolean,
  ): Promise<{ ranks: number[][]; nearest: Nearest[] }> {
    const { gpu } = this.model;
    const { score, rank, nearest } = (this.programs ??= await this.record());
    const ranks: number[][] = sequences.map(() => []);
    const near: Nearest[] = [];
    const reads: Promise<void>[] = [];
    for (let first = 0; first < sequences.length; first += CHUNK) {
      const count = Math.min(CHUNK, sequences.length - first);
      await this.encoder.encodeInto(sequences.slice(first, first + CHUNK), this.queries);
      gpu.write(this.counts, countWords({ QUERIES: count }));
      score.run();
      const most = Math.max(1, ...relevant.slice(first, first + count).map(({ length }) => length));
      for (let nth = 0; nth < most; nth++) {
        const wanted = Uint32Array.from({ length: count }, (_, i) => relevant[first + i]![nth]?.document ?? NOBODY);
        gpu.write(this.wanted, wanted);
        rank.run();
        reads.push(
          gpu.readIntegers(this.ranks, count).then((read) => {
            read.forEach((value, i) => {
              if (relevant[first + i]![nth]) ranks[first + i]![nth] = value;
            });
          }),
        );
      }
      if (listed) {
        nearest.run();
        reads.push(this.readNearest(first, count, near));
      }
    }
    await Promise.all(reads);
    return { ranks, nearest: near };
  }

  private async readNearest(first: number, count: number, into: Nearest[]): Promise<void> {
    const { gpu } = this.model;
    const k = this.nearest;
    const [ids, values] = await Promise.all([
      gpu.readIntegers(this.ids, count * k),
      gpu.readFloats(this.values, count * k),
    ]);
    for (let i = 0; i < count; i++) {
      into[first + i] = {
        documents: Array.from(ids.subarray(i * k, (i + 1) * k)),
        scores: Array.from(values.subarray(i * k, (i + 1) * k)),
      };
    }
  }

  private async record(): Promise<{ score: Program; rank: Program; nearest: Program }> {
    const { gpu, architecture } = this.model;
    const rows = liveRows(CHUNK, COUNT.QUERIES);
    const context = { counts: this.counts };
    const channels = architecture.hidden_size;
    const score = new Recorder(gpu, 'score prefixes');
    matmul(score, context, {
      rows,
      inner: fixedRows(channels),
      columns: this.size,
      a: { view: this.queries, stride: channels },
      b: { view: this.documents, stride: channels, transposed: true },
      c: this.scores,
      cStride: this.size,
    });
    const table = { rows, columns: this.size, pitch: this.size, scores: this.scores };
    const rank = new Recorder(gpu, 'rank prefixes');
    rankOf(rank, context, { ...table, wanted: this.wanted, ranks: this.ranks });
    const nearest = new Recorder(gpu, 'nearest to prefixes');
    topK(nearest, context, { ...table, k: this.nearest, ids: this.ids, values: this.values });
    return { score: await score.finish(), rank: await rank.finish(), nearest: await nearest.finish() };
  }

  destroy(): void {
    for (const program of Object.values(this.programs ?? {})) program.destroy();
    const { queries, scores, wanted, ranks, ids, values, counts } = this;
    this.model.gpu.free(queries, scores, wanted, ranks, ids, values, counts);
  }
}

const best = (ranks: readonly number[]): number => (ranks.length > 0 ? Math.min(...ranks) : 0);
