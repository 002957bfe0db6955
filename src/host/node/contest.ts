import type { BeirCollection, BeirQuery, Qrels } from '../../formats/beir';
import type { Gpu } from '../../gpu/gpu';
import { evaluateRun } from '../../retrieval/metrics';
import { bm25Rankings, queriesWithoutWord, runOf } from '../../retrieval/rankings';
import type { Ranked } from '../../retrieval/top-k';
import { developmentSet } from '../../training/benchmark/development-set';
import type { EmbeddingModel } from '../../training/benchmark/embedder';
import type { EmbeddingPrompts } from '../../training/benchmark/embedding-prompts';
import { fuseChosen, type FusionChoice } from '../../training/benchmark/fusion-choice';
import { EncodedDocuments, type KeptVectors, type ModelRankings } from '../../training/benchmark/model-rankings';
import type { TogetherChoice } from '../../training/benchmark/fusion-together';
import {
  answersOnly,
  chooseFusion,
  rankByEmbedder,
  fuseWithRival,
  rankDevelopmentSet,
  type RankedModel,
} from '../../training/benchmark/rank-embedder';
import { judgeReasoning, type ReasoningVerdict } from '../../training/benchmark/reasoning-verdict';
import { indexed, withIntervals, type SystemScore } from '../../training/benchmark/score-run';
import { titleOf } from '../../training/take-home/folders';
import { embedderOf, type LoadedEmbedder } from './checkpoint';
import { heldOutTitles } from './held-out-titles';
import { progressOf } from './output';

export interface Standing {
  system: SystemScore;
  /** nDCG@10 by query, for the queries with a relevant document, in the order of the judgements. */
  ndcg: number[];
}

export function contestStanding(run: Parameters<typeof evaluateRun>[0], qrels: Qrels): Standing {
  const { perQuery } = evaluateRun(run, qrels);
  return { system: withIntervals(perQuery.values()), ndcg: [...perQuery.values()].map((one) => one.ndcg_cut_10) };
}

export interface Ranking extends RankedModel {
  rankings: ModelRankings;
  encoded: EncodedDocuments;
  /** The rankings, without documents that are the query itself. */
  found: Ranked[];
  score: Standing;
  /** Whether reasoning helped; null where the model did not reason. */
  reasoning: ReasoningVerdict | null;
  choice: FusionChoice;
  fused: Standing;
  /** With another model's and BM25's as one, and those two without it; null where there was no other. */
  together: (Standing & { choice: TogetherChoice; without: Standing }) | null;
}

/** Where embeddings of a model on the GPU are kept: of the documents, or of those whose titles are asked for. */
export type KeptFor = (model: EmbeddingModel, of: 'documents' | 'titled') => KeptVectors | undefined;

/** Ranks a split with one model after another and scores them. */
export class Contest {
  constructor(
    private readonly gpu: Gpu,
    private readonly collection: BeirCollection & { others: ReadonlyMap<string, Qrels> },
    /** The queries that the split judges. */
    private readonly queries: readonly BeirQuery[],
    private readonly split: string,
  ) {}

  score(found: readonly Ranked[]): Standing {
    const { queries } = this;
    const { documents, qrels } = this.collection;
    return contestStanding(runOf(queries, documents, found), qrels);
  }

  /**
   * BM25's rankings, without documents that are a query itself, and the number of queries that share no word with any
   * document.
   */
  async lexical(): Promise<{ found: Ranked[]; withoutWord: number }> {
    const { documents } = this.collection;
    const ranked = await bm25Rankings(indexed(documents), this.queries);
    return { found: answersOnly(ranked, this.queries, documents), withoutWord: queriesWithoutWord(ranked) };
  }

  /**
   * Ranks with a model, alone and fused with BM25 by a weight chosen on development queries.
   * @param words BM25's rankings.
   * @param beside what another model found, of which this one is the rival: all are fused too, by weights that are chosen
   *   on what the other never trained on.
   */
  async ranked(
    checkpoint: LoadedEmbedder,
    prompts: EmbeddingPrompts,
    reasons: boolean,
    words: readonly Ranked[],
    kept?: KeptFor,
    beside?: RankedModel,
  ): Promise<Ranking> {
    const { queries } = this;
    const { documents, qrels, others } = this.collection;
    const model = await embedderOf(this.gpu, checkpoint);
    try {
      const encoded = await this.encoded(model, prompts, kept);
      const rankings = await encoded.rank(queries, reasons, progressOf('queries embedded'));
      const found = answersOnly(rankings.found, queries, documents);
      const score = this.score(found);
      const reasoning = reasons ? await this.judged(encoded, score) : null;
      const splits = new Map([...others, [this.split, qrels]]);
      const judged = { documents, queries: this.collection.queries, splits };
      const set = await rankDevelopmentSet(developmentSet(judged, this.split, heldOutTitles(checkpoint.folder)));
      const toChoose = progressOf('texts embedded to choose a weight by');
      const development = {
        set,
        ranked: await rankByEmbedder(set, encoded, reasons, toChoose, kept?.(model, 'titled')),
      };
      const choice = chooseFusion(set, development.ranked);
      const fused = this.score(fuseChosen(choice, { words, model: found }, documents));
      const rival = { name: titleOf(checkpoint.folder), found, encoded };
      const all = beside ? await fuseWithRival(words, beside, rival, documents, toChoose) : null;
      const together = all && { ...this.score(all.found), choice: all.choice, without: this.score(all.without) };
      return { rankings, encoded, found, score, reasoning, choice, fused, development, together };
    } finally {
      model.destroy();
    }
  }

  /** Whether a model that reasons ranks better for it: the judgement of `ranked` alone. */
  async reasoning(checkpoint: LoadedEmbedder, prompts: EmbeddingPrompts, kept?: KeptFor): Promise<ReasoningVerdict> {
    const model = await embedderOf(this.gpu, checkpoint);
    try {
      const encoded = await this.encoded(model, prompts, kept);
      const { found } = await encoded.rank(this.queries, true, progressOf('queries embedded'));
      return await this.judged(encoded, this.score(answersOnly(found, this.queries, this.collection.documents)));
    } finally {
      model.destroy();
    }
  }

  private encoded(model: EmbeddingModel, prompts: EmbeddingPrompts, kept?: KeptFor): Promise<EncodedDocuments> {
    const { documents } = this.collection;
    return EncodedDocuments.encode(
      model,
      prompts,
      documents,
      progressOf('passages embedded'),
      kept?.(model, 'documents'),
    );
  }

  /** Compares what was found after reasoning with what is found at once. */
  private async judged(encoded: EncodedDocuments, reasoned: Standing): Promise<ReasoningVerdict> {
    const { found } = await encoded.rank(this.queries, false, progressOf('queries embedded at once'));
    const atOnce = this.score(answersOnly(found, this.queries, this.collection.documents));
    return judgeReasoning(atOnce.ndcg, reasoned.ndcg);
  }
}
