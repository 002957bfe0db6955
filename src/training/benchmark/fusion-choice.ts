import { evaluateRun, RUN_DEPTH } from '../../retrieval/metrics';
import { byIdDescending, runOf } from '../../retrieval/rankings';
import type { Ranked } from '../../retrieval/top-k';
import { fuseWeighted, FUSION_WEIGHTS } from '../../retrieval/weighted-fusion';
import type { DevelopmentSet } from './development-set';

/** The weight with which a model's ranking is fused with BM25's, and the reason for it. */
export interface FusionChoice {
  /** The share of the model's ranking, from 0 (BM25 alone) to 1 (the model alone). */
  weight: number;
  on: DevelopmentSet['on'];
  split: string | null;
  /** Number of queries that it was chosen on. */
  queries: number;
  /** Mean nDCG@10 on those queries for each of `FUSION_WEIGHTS`; empty where there were none. */
  ndcg_cut_10: readonly number[];
  /** The choice in one sentence. */
  why: string;
}

/** The weight where there are no queries to choose it on. */
const EQUAL = 0.5;
/** Documents that decide nDCG@10: more are not ranked where a weight is only chosen. */
export const CHOSEN_BY = 10;

/** A score in a sentence: three digits without the leading zero. */
export const shortScore = (score: number | undefined): string => (score ?? NaN).toFixed(3).replace(/^0\./, '.');

/**
 * Chooses the weight with the best mean nDCG@10 on the development queries; of equal ones the smaller, which is nearer
 * to BM25.
 * @param words BM25's rankings of the development queries, in order.
 * @param model the model's.
 */
export function chooseWeight(set: DevelopmentSet, { words, model }: Rankings): FusionChoice {
  const { on, split, queries, qrels, documents, why } = set;
  if (on === 'nothing') return { weight: EQUAL, on, split, queries: 0, ndcg_cut_10: [], why: `Weights: ${why}.` };
  const fused = fuser({ words, model }, documents, CHOSEN_BY);
  const scores = FUSION_WEIGHTS.map(
    (weight) => evaluateRun(runOf(queries, documents, fused(weight)), qrels).mean.ndcg_cut_10,
  );
  const best = scores.reduce((at, score, i) => (score > scores[at]! ? i : at), 0);
  const weight = FUSION_WEIGHTS[best]!;
  const there = `nDCG@10 there is ${shortScore(scores[best])}, ${shortScore(scores[0])} by BM25 alone and ${shortScore(scores.at(-1))} by the model alone`;
  const parts =
    weight === 0
      ? 'BM25 alone'
      : weight === 1
        ? 'the model alone'
        : `${Math.round(100 * (1 - weight))} % BM25 and ${Math.round(100 * weight)} % the model`;
  return {
    weight,
    on,
    split,
    queries: queries.length,
    ndcg_cut_10: scores,
    why: `Weights: ${parts}; ${why}. ${there}.`,
  };
}

interface Rankings {
  words: readonly Ranked[];
  model: readonly Ranked[];
}

/** Fuses both rankings of every query by the chosen weight. */
export const fuseChosen = (
  { weight }: Pick<FusionChoice, 'weight'>,
  rankings: Rankings,
  documents: readonly { id: string }[],
): Ranked[] => fuser(rankings, documents, RUN_DEPTH)(weight);

function fuser(
  { words, model }: Rankings,
  documents: readonly { id: string }[],
  depth: number,
): (weight: number) => Ranked[] {
  const compareTies = byIdDescending(documents);
  return (weight) =>
    words.map((found, i) =>
      fuseWeighted({ words: found, model: model[i]! }, weight, documents.length, depth, compareTies),
    );
}
