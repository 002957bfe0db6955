import type { View } from '../gpu/gpu';
import type { Encoder } from '../model/inference';
import type { Model } from '../model/model';
import { ExactGpu, type Nearest } from '../retrieval/exact-gpu';
import { rewardOfRanks, type Relevant } from '../retrieval/refresh/reward';

/** Number of prefixes scored by one submit. */
const CHUNK = 256;

/** A completion whose rank is followed while it is written. */
export interface Thought {
  prompt: readonly number[];
  /** The completion's tokens; a closing embed token is no part of the reasoning. */
  ids: readonly number[];
  relevant: readonly Relevant[];
}

/** What a search would return had the embed token come after 0, 1, … tokens of the reasoning: one entry for each. */
export interface RankWhileThinking {
  /** Rank of the best relevant document, from 1; 0 where none is relevant. */
  ranks: number[];
  rewards: number[];
  /** The nearest documents; empty unless `listed` was set. */
  nearest: Nearest[];
}

/**
 * Follows the rank while thinking: embeds every prefix of completions as if the model had stopped there, and ranks the
 * documents exactly. One chain of submits: prefixes packed end to end, cosines, ranks and the nearest on the GPU.
 */
export class PrefixRanks {
  private readonly exact: ExactGpu;

  /** @param documents (size, C), L2-normalised, which their owner fills; @param nearest how many are listed, at most `size`. */
  constructor(
    private readonly model: Model,
    private readonly encoder: Encoder,
    private readonly embed: number,
    documents: View,
    size: number,
    nearest = 10,
  ) {
    const { gpu, architecture } = model;
    this.exact = new ExactGpu(gpu, documents, { size, dimension: architecture.hidden_size, queries: CHUNK, nearest });
  }

  /** Compiles and records what `follow` runs; does nothing after the first call. */
  ready(): Promise<void> {
    return this.exact.ready();
  }

  /** @param o.k the reward's cut-off; @param o.listed whether to return the nearest documents too. */
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

  /**
   * The prefixes of a completion: prompt, the first tokens of the reasoning and the embed token, for each number of
   * tokens that the context has room for.
   */
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
    const { encoder, exact } = this;
    await exact.ready();
    const ranks: Promise<number[][]>[] = [];
    const near: Promise<Nearest[]>[] = [];
    for (let first = 0; first < sequences.length; first += CHUNK) {
      const chunk = sequences.slice(first, first + CHUNK);
      await encoder.encodeInto(chunk, exact.queries);
      exact.score(chunk.length);
      ranks.push(exact.ranksOf(relevant.slice(first, first + CHUNK).map((of) => of.map(({ document }) => document))));
      if (listed) near.push(exact.nearest(chunk.length));
    }
    const [found, nearest] = await Promise.all([Promise.all(ranks), Promise.all(near)]);
    return { ranks: found.flat(), nearest: nearest.flat() };
  }

  destroy(): void {
    this.exact.destroy();
  }
}

const best = (ranks: readonly number[]): number => (ranks.length > 0 ? Math.min(...ranks) : 0);
