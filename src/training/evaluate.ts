import type { Session } from '../config/session';
import type { Owned } from '../gpu/gpu';
import { joined } from '../lib/joined';
import { CapturedEmbeddings } from '../model/captured';
import { Encoder } from '../model/inference';
import { Generator, type Completion } from '../model/generator';
import type { Model } from '../model/model';
import type { Arm, ArmResult, EmbeddedArm } from '../records/records';
import { Bm25 } from '../retrieval/bm25';
import { ExactGpu } from '../retrieval/exact-gpu';
import { fuse } from '../retrieval/fusion';
import { normaliseRows } from '../retrieval/graph/vectors';
import { bestPassages } from '../retrieval/passages';
import { RUN_DEPTH } from '../retrieval/metrics';
import { rowsOf } from '../retrieval/search-index';
import { rankingFromScores } from '../retrieval/top-k';
import type { Task, TaskQuery } from '../tasks/task';
import { longestSequences } from './longest-sequences';
import { PrefixRanks, type RankWhileThinking, type Thought } from './prefix-ranks';
import { supervisedSequence } from './stages/sft-batch';
import { summarise, type IntervalOptions } from './summary';
import type { TaskTokens } from './task-tokens';

const GREEDY = { temperature: 0, top_k: 0, top_p: 1 } as const;

/** Number of queries scored by one submit. */
const CHUNK = 256;
const ENCODE_TOKENS = 4096;

/**
 * The result of an arm for each query: the ranks of its relevant documents, and what was written before the embed
 * token.
 */
export interface ArmRanks {
  /** Ranks from 1 of `relevant`, in its order, 0 for one not found; empty where nothing was embedded. */
  ranks: number[][];
  completions: Completion[] | null;
}

/**
 * Ranks documents for queries by exact search over freshly encoded documents, for any way (arm) of embedding the
 * queries.
 */
export class Evaluator {
  private readonly encoder: Encoder;
  private readonly generator: Generator;
  private readonly documents: Owned;
  private readonly exact: ExactGpu;
  private readonly captured: CapturedEmbeddings;
  private bm25: Bm25 | null = null;
  private prefixes: PrefixRanks | null = null;

  constructor(
    private readonly model: Model,
    private readonly task: Task,
    private readonly tokens: TaskTokens,
    private readonly options: { maxTokens: number; bootstrap: number; seed: number; promptTokens: number },
  ) {
    const { gpu, architecture } = model;
    const columns = tokens.passages.length;
    this.encoder = new Encoder(model, ENCODE_TOKENS, 1024);
    const promptTokens = CHUNK * options.promptTokens;
    this.generator = new Generator(model, { promptTokens, sequences: CHUNK, maxTokens: options.maxTokens });
    this.documents = gpu.buffer('documents', columns * architecture.hidden_size * 4);
    const shape = { size: columns, dimension: architecture.hidden_size, queries: CHUNK };
    this.exact = new ExactGpu(gpu, this.documents, shape);
    this.captured = new CapturedEmbeddings(model, this.generator, this.exact.queries);
  }

  /** Encodes every document with the model as it stands. */
  async refresh(): Promise<void> {
    await this.encoder.encodeInto(this.tokens.passages, this.documents);
  }

  /**
   * L2-normalised embeddings (documents, C) as `refresh` left them; a document of several passages has the mean of
   * theirs.
   */
  async documentVectors(): Promise<Float32Array> {
    const { gpu, architecture } = this.model;
    const channels = architecture.hidden_size;
    const { passages, owners } = this.tokens;
    const rows = await gpu.readFloats(this.documents, passages.length * channels);
    return passages.length === this.task.documents.length ? rows : meanByOwner(rows, owners, channels);
  }

  /** Cosines (queries, documents) of the first `count` embedded queries. */
  private async score(count: number): Promise<Float32Array> {
    const { exact, tokens } = this;
    await exact.ready();
    exact.score(count);
    const scores = await exact.cosines(count);
    const columns = tokens.passages.length;
    if (columns === this.task.documents.length) return scores;
    return joined(
      rowsOf(scores, columns).map((row) => bestPassages(row, tokens.owners)),
      Float32Array,
    );
  }

  /** The cosines of one query text with every document, with what the model wrote; null where nothing was embedded. */
  async search(
    text: string,
    mode: 'think' | 'direct' | 'forced',
  ): Promise<{ completion: Completion | null; scores: Float32Array | null }> {
    if (mode === 'think') {
      const { completions, embedded } = await this.complete([this.tokens.prompt(text, 'think')]);
      return { completion: completions[0]!, scores: embedded[0] ? await this.score(1) : null };
    }
    const prompt = this.tokens.prompt(text, mode === 'direct' ? 'direct' : 'think');
    await this.encoder.encodeInto([[...prompt, this.tokens.embed]], this.exact.queries);
    return { completion: null, scores: await this.score(1) };
  }

  /** Completes prompts greedily; the embeddings lie in `exact.queries` where `embedded`. */
  private async complete(
    prompts: readonly (readonly number[])[],
  ): Promise<{ completions: Completion[]; embedded: boolean[] }> {
    const completions = await this.generator.generate(prompts, 1, {
      maxTokens: this.options.maxTokens,
      stopToken: this.tokens.embed,
      ...GREEDY,
      seed: this.options.seed,
      stream: 'evaluation',
      step: 0,
    });
    await this.captured.embed();
    return { completions, embedded: completions.map(({ ids }) => ids.at(-1) === this.tokens.embed) };
  }

  /**
   * Ranks of the relevant documents of each query in an arm. Call `refresh` before.
   * @param rankings filled with each query's best documents, where given.
   */
  async ranks(arm: EmbeddedArm, queries: readonly TaskQuery[], rankings?: ArrayLike<number>[]): Promise<ArmRanks> {
    const ranks: number[][] = [];
    const completions: Completion[] = [];
    for (let first = 0; first < queries.length; first += CHUNK) {
      const chunk = queries.slice(first, first + CHUNK);
      let embedded: boolean[] | null = null;
      if (arm === 'reasoning') {
        const prompts = chunk.map(({ text }) => this.tokens.prompt(text, 'think'));
        const result = await this.complete(prompts);
        completions.push(...result.completions);
        embedded = result.embedded;
      } else {
        await this.encoder.encodeInto(
          chunk.map((query, i) => this.fixedSequence(arm, query, queries, first + i)),
          this.exact.queries,
        );
      }
      const scores = await this.score(chunk.length);
      const count = this.task.documents.length;
      chunk.forEach(({ relevant }, i) => {
        const row = scores.subarray(i * count, (i + 1) * count);
        const isEmbedded = !embedded || embedded[i]!;
        ranks.push(isEmbedded ? relevant.map(({ document }) => rankIn(row, document)) : []);
        rankings?.push(isEmbedded ? rankingFromScores(row, RUN_DEPTH) : []);
      });
    }
    return { ranks, completions: arm === 'reasoning' ? completions : null };
  }

  /** The sequence of a query that an arm without generation embeds. */
  private fixedSequence(
    arm: Exclude<EmbeddedArm, 'reasoning'>,
    query: TaskQuery,
    queries: readonly TaskQuery[],
    at: number,
  ): readonly number[] {
    const { tokens } = this;
    if (arm === 'forced') return [...tokens.prompt(query.text, 'think'), tokens.embed];
    if (arm === 'direct' || arm === 'filler') return supervisedSequence(tokens, query, arm).ids;
    if (arm === 'gold') return supervisedSequence(tokens, query, 'reasoning').ids;
    // Another query's trace, of the same depth where there is one.
    const other = queries.find((q, i) => i > at && q.depth === query.depth && q.trace !== query.trace);
    const stand =
      other ??
      queries.find((q) => q.depth === query.depth && q.trace !== query.trace) ??
      queries[(at + 1) % queries.length]!;
    return [...tokens.prompt(query.text, 'think'), ...tokens.answer(stand.trace), tokens.embed];
  }

  /** Scores arms over the same queries, with intervals. */
  async evaluateAll(arms: readonly Arm[], queries: readonly TaskQuery[]): Promise<Partial<Record<Arm, ArmResult>>> {
    const results: Partial<Record<Arm, ArmResult>> = {};
    const rankings: ArrayLike<number>[] = [];
    const fused = arms.find((arm) => arm !== 'bm25' && arm !== 'fusion');
    for (const arm of arms) {
      if (arm === 'bm25') results.bm25 = summarise(queries, this.bm25Ranks(queries), this.intervalOptions(true));
      else if (arm === 'fusion')
        results.fusion = summarise(queries, this.fusionRanks(queries, rankings), this.intervalOptions(true));
      else {
        const wanted = arm === fused && arms.includes('fusion');
        results[arm] = await this.evaluate(arm, queries, { intervals: true, ...(wanted ? { rankings } : {}) });
      }
    }
    return results;
  }

  /** Scores one arm over queries. */
  async evaluate(
    arm: EmbeddedArm,
    queries: readonly TaskQuery[],
    { intervals, rankings }: { intervals: boolean; rankings?: ArrayLike<number>[] },
  ): Promise<ArmResult> {
    return this.resultOf(queries, await this.ranks(arm, queries, rankings), { intervals });
  }

  /** Computes an arm's scores from the ranks that `ranks` returned. */
  resultOf(
    queries: readonly TaskQuery[],
    { ranks, completions }: ArmRanks,
    { intervals }: { intervals: boolean },
  ): ArmResult {
    const result = summarise(queries, ranks, this.intervalOptions(intervals));
    if (completions) {
      result.emission_rate = ranks.filter(({ length }) => length > 0).length / Math.max(1, ranks.length);
      const exact = completions.filter((c, i) => this.task.judge(queries[i]!, this.tokens.decode(c.ids)).exact);
      result.trace_accuracy = exact.length / Math.max(1, completions.length);
    }
    return result;
  }

  /** Compiles and records all that it runs, for reasoning too where `reasoning` is set. */
  async ready({ reasoning }: { reasoning: boolean }): Promise<void> {
    await this.encoder.ready();
    await this.exact.ready();
    if (!reasoning) return;
    await this.generator.ready(GREEDY);
    await this.captured.ready();
    await this.followed.ready();
  }

  /** The rank while thinking of completions, against the documents as last encoded. Call `refresh` before. */
  follow(thoughts: readonly Thought[], o: { k: number; listed: boolean }): Promise<RankWhileThinking[]> {
    return this.followed.follow(thoughts, o);
  }

  private get followed(): PrefixRanks {
    const { model, encoder, tokens, documents, task } = this;
    this.prefixes ??= new PrefixRanks(model, encoder, tokens.embed, documents, task.documents.length);
    return this.prefixes;
  }

  private get lexical(): Bm25 {
    this.bm25 ??= new Bm25(this.task.documents.map(({ text }) => text));
    return this.bm25;
  }

  /** Ranks of the relevant documents when an arm is fused with BM25. @param rankings the arm's, by query. */
  private fusionRanks(queries: readonly TaskQuery[], rankings: readonly ArrayLike<number>[]): number[][] {
    return queries.map(({ text, relevant }, query) => {
      const words = this.lexical.search(text, RUN_DEPTH).rows;
      const { rows } = fuse([words, rankings[query]!], this.task.documents.length, RUN_DEPTH);
      return relevant.map(({ document }) => rows.indexOf(document) + 1);
    });
  }

  private bm25Ranks(queries: readonly TaskQuery[]): number[][] {
    const index = this.lexical;
    // A document without a query's word is not retrieved, as in a search engine.
    return queries.map(({ text, relevant }) => {
      const scores = index.scores(text);
      return relevant.map(({ document }) => (scores[document]! > 0 ? rankIn(scores, document) : 0));
    });
  }

  private intervalOptions(wanted: boolean): IntervalOptions {
    return { resamples: wanted ? this.options.bootstrap : 0, seed: this.options.seed };
  }

  destroy(): void {
    this.encoder.destroy();
    this.generator.destroy();
    this.exact.destroy();
    this.captured.destroy();
    this.prefixes?.destroy();
    this.model.gpu.free(this.documents);
  }
}

/** Makes an evaluator for a model of a session's task. */
export function evaluatorOf(
  model: Model,
  { session, task, tokens }: { session: Session; task: Task; tokens: TaskTokens },
): Evaluator {
  const { query, answer } = longestSequences(session, tokens);
  return new Evaluator(model, task, tokens, {
    // Room for a trace that is longer than any right one.
    maxTokens: Math.min(answer + 4, model.architecture.max_position_embeddings - query),
    promptTokens: query,
    bootstrap: session.evaluation.bootstrap,
    seed: session.seed,
  });
}

/** Rank from 1 of a document among scores; ties go to the lower row. */
export function rankIn(scores: ArrayLike<number>, document: number): number {
  const mine = scores[document]!;
  let ahead = 0;
  for (let k = 0; k < scores.length; k++) {
    const other = scores[k]!;
    if (other > mine || (other === mine && k < document)) ahead++;
  }
  return ahead + 1;
}

/** Mean of the rows of each owner, normalised again. @param owners ascending from 0, (rows) */
function meanByOwner(rows: Float32Array, owners: Int32Array, channels: number): Float32Array {
  const sums = new Float32Array((owners.length > 0 ? owners.at(-1)! + 1 : 0) * channels);
  owners.forEach((owner, row) => {
    for (let i = 0; i < channels; i++) sums[owner * channels + i]! += rows[row * channels + i]!;
  });
  return normaliseRows(sums, channels);
}
