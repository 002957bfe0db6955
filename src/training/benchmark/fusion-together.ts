import { evaluateRun, RUN_DEPTH } from '../../retrieval/metrics';
import { byIdDescending, runOf } from '../../retrieval/rankings';
import type { Ranked } from '../../retrieval/top-k';
import { fuseAll, modelPart, wordsPart } from '../../retrieval/weighted-fusion';
import type { DevelopmentSet } from './development-set';
import { CHOSEN_BY, shortScore } from './fusion-choice';

/** Rankings of the same queries by BM25, by an embedder that was opened, and by the model at hand. */
export interface ThreeRankings {
  words: readonly Ranked[];
  rival: readonly Ranked[];
  model: readonly Ranked[];
}

/** Parts of 1 of each ranking. */
type Weights = Readonly<Record<keyof ThreeRankings, number>>;

/** How three rankings are fused, and what the model adds. */
export interface TogetherChoice {
  weights: Weights;
  /** The best ones that leave the model out. */
  weights_without: Weights;
  on: DevelopmentSet['on'];
  /** Queries that it was chosen on. */
  queries: number;
  /** Mean nDCG@10 over those with these weights, and with the best weights that leave the model out; null where there were none. */
  ndcg_cut_10: number | null;
  without_model: number | null;
  /** The whole of it in one sentence. */
  why: string;
}

const TENTHS = 10;

/** Tenths of the model, then of the embedder: of equal ones the first is taken, which asks least of both. */
const GRID: readonly Weights[] = Array.from({ length: TENTHS + 1 }, (_, model) =>
  Array.from({ length: TENTHS + 1 - model }, (_unused, rival) => ({
    words: (TENTHS - model - rival) / TENTHS,
    rival: rival / TENTHS,
    model: model / TENTHS,
  })),
).flat();
const EQUAL: Weights = { words: 1 / 3, rival: 1 / 3, model: 1 / 3 };
const HALVES: Weights = { words: 1 / 2, rival: 1 / 2, model: 0 };

/**
 * The weights with the best mean nDCG@10 on the development queries, in tenths; 0 is a choice for each of the three.
 * @param set what the model never trained on. @param rankings of its queries, in order. @param rival the embedder's name.
 */
export function chooseTogether(set: DevelopmentSet, rankings: ThreeRankings, rival: string): TogetherChoice {
  const { on, queries, qrels, documents, why } = set;
  if (on === 'nothing') {
    const unknown = { queries: 0, ndcg_cut_10: null, without_model: null };
    return { weights: EQUAL, weights_without: HALVES, on, ...unknown, why: `Weights: ${why}.` };
  }
  const scores = GRID.map((weights) => {
    const fused = fuseTogether({ weights }, rankings, documents, CHOSEN_BY);
    return evaluateRun(runOf(queries, documents, fused), qrels).mean.ndcg_cut_10;
  });
  const bestOf = (isAsked: (weights: Weights) => boolean): number =>
    scores.reduce((best, score, i) => (isAsked(GRID[i]!) && (best < 0 || score > scores[best]!) ? i : best), -1);
  const best = bestOf(() => true);
  const bestWithout = bestOf(({ model }) => model === 0);
  const without = scores[bestWithout]!;
  const weights = GRID[best]!;
  const parts = [
    ['BM25', weights.words],
    [rival, weights.rival],
    ['the model', weights.model],
  ] as const;
  const said = parts.flatMap(([name, weight]) => (weight > 0 ? [`${Math.round(100 * weight)} % ${name}`] : []));
  return {
    weights,
    weights_without: GRID[bestWithout]!,
    on,
    queries: queries.length,
    ndcg_cut_10: scores[best]!,
    without_model: without,
    why: `Weights: ${inWords(said)}; ${why}. nDCG@10 there is ${shortScore(scores[best])}, ${shortScore(without)} at best without the model.`,
  };
}

const inWords = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The three rankings of every query as one, by the weights that were chosen. */
export function fuseTogether(
  { weights }: { weights: Weights },
  { words, rival, model }: ThreeRankings,
  documents: readonly { id: string }[],
  depth = RUN_DEPTH,
): Ranked[] {
  const compareTies = byIdDescending(documents);
  return words.map((found, i) =>
    fuseAll(
      [wordsPart(found, weights.words), modelPart(rival[i]!, weights.rival), modelPart(model[i]!, weights.model)],
      documents.length,
      depth,
      compareTies,
    ),
  );
}
