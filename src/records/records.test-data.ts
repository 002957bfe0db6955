import type { ArmResult } from './records';

/** An arm whose metrics all have one value. */
export const arm = (value: number): ArmResult => ({
  ndcg_cut_10: value,
  recall_100: value,
  recip_rank_cut_10: value,
  map: value,
  success_1: value,
  ci95: {},
  by_depth: {},
  queries: 10,
});
