import type { BeirDocument, Qrels } from '../../formats/beir';
import type { Model } from '../../model/model';
import { evaluateRun } from '../../retrieval/metrics';
import { bm25Rankings, fuseRankings, runOf, type Tell } from '../../retrieval/rankings';
import type { Ranked } from '../../retrieval/top-k';
import type { EmbeddingPrompts } from './embedding-prompts';
import { EncodedDocuments } from './model-rankings';

/** What the model's ranking may weigh beside BM25's 1. */
const WEIGHTS = [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1];

/** A title, and the row of the document that it should find. */
export interface Title {
  text: string;
  row: number;
}

export interface WeightChoice {
  chosen: number;
  /** Mean nDCG@10 of the titles with every weight that was tried. */
  tuning: { weight: number; ndcg_cut_10: number }[];
}

/**
 * The weight of the model in a fusion with BM25, chosen without any judgement: the one that finds most by titles, each
 * of which should find its own document's text. Of several the smallest.
 * @param bodies texts without their titles.
 */
export async function chooseWeight(
  model: Model,
  prompts: EmbeddingPrompts,
  bodies: readonly BeirDocument[],
  titles: readonly Title[],
  tell?: Tell,
): Promise<WeightChoice> {
  const encoded = await EncodedDocuments.encode(model, prompts, bodies, tell);
  const queries = titles.map(({ text }, i) => ({ id: String(i), text }));
  const byWords = await bm25Rankings(bodies, queries);
  const byModel = (await encoded.rank(queries, true, tell)).found;
  return bestWeight(bodies, titles, byWords, byModel);
}

/** Of two rankings of the same titles. */
export function bestWeight(
  bodies: readonly { id: string }[],
  titles: readonly Title[],
  byWords: readonly Ranked[],
  byModel: readonly Ranked[],
): WeightChoice {
  const queries = titles.map((_, i) => ({ id: String(i) }));
  const judged: Qrels = new Map(titles.map(({ row }, i) => [String(i), new Map([[bodies[row]!.id, 1]])]));
  const tuning = WEIGHTS.map((weight) => {
    const found = fuseRankings([byWords, byModel], bodies, [1, weight]);
    const { perQuery } = evaluateRun(runOf(queries, bodies, found), judged);
    const sum = queries.reduce((total, { id }) => total + (perQuery.get(id)?.ndcg_cut_10 ?? 0), 0);
    return { weight, ndcg_cut_10: sum / Math.max(1, queries.length) };
  });
  const { weight } = tuning.reduce((best, entry) => (entry.ndcg_cut_10 > best.ndcg_cut_10 ? entry : best));
  return { chosen: weight, tuning };
}
