import type { Arm, ArmResult } from '../records/records';
import { FEW_QUERIES } from './score';

/** The name, description and line style of an arm (a way of embedding that an evaluation measures). */
export interface ArmStyle {
  label: string;
  meaning: string;
  /** A CSS custom property. */
  color: string;
  dash: number[];
}

/** Every arm with its name, description and line style. */
export const ARMS: Readonly<Record<Arm, ArmStyle>> = {
  reasoning: {
    label: 'reasoning',
    meaning: 'The model writes its reasoning, then embeds.',
    color: '--reasoning',
    dash: [],
  },
  forced: {
    label: 'forced',
    meaning: 'The model that reasons, made to embed before it does.',
    color: '--direct',
    dash: [2, 3],
  },
  direct: {
    label: 'no reasoning',
    meaning: 'Asked to embed at once, as it was trained to.',
    color: '--direct',
    dash: [6, 3],
  },
  filler: {
    label: 'filler',
    meaning: 'As many meaningless words before the embed token as the reasoning has.',
    color: '--other',
    dash: [2, 3],
  },
  gold: {
    label: 'gold reasoning',
    meaning: 'The right reasoning is given: the most that reasoning could bring.',
    color: '--relevant',
    dash: [8, 2, 2, 2],
  },
  shuffled: {
    label: 'shuffled reasoning',
    meaning: 'The reasoning of another query is given: what length alone brings.',
    color: '--irrelevant',
    dash: [3, 3],
  },
  bm25: { label: 'BM25', meaning: 'Ranks by words in common, without a model.', color: '--muted', dash: [1, 3] },
  fusion: {
    label: 'BM25 and model',
    meaning: 'Reciprocal-rank fusion (k = 60) of BM25 with the model’s ranking, reasoning where it reasons.',
    color: '--accent',
    dash: [4, 2, 1, 2],
  },
};

/** The arms in the order in which they are listed. */
export const ARM_ORDER: readonly Arm[] = [
  'reasoning',
  'direct',
  'forced',
  'filler',
  'gold',
  'shuffled',
  'bm25',
  'fusion',
];

export type Arms = Partial<Record<Arm, ArmResult>>;

/** The result that reasoning is compared with: that of embedding at once as trained, or else as forced. */
export const withoutReasoning = (arms: Arms): ArmResult | undefined => arms.direct ?? arms.forced ?? arms.filler;

/** Whether one arm's nDCG@10 is above another's with certainty: their 95 % intervals do not overlap. */
export function isAbove(one: ArmResult, other: ArmResult): boolean {
  const [high, low] = [one.ci95.ndcg_cut_10, other.ci95.ndcg_cut_10];
  return (
    Math.min(one.queries, other.queries) >= FEW_QUERIES && high !== undefined && low !== undefined && high[0] > low[1]
  );
}
