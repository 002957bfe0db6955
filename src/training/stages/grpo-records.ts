import type { TraceRecord } from '../../records/records';
import type { RefreshReport } from '../../retrieval/refresh/refresher';
import { bestRank } from '../../retrieval/refresh/reward';
import type { RankWhileThinking } from '../prefix-ranks';
import type { Advantages } from './grpo-advantage';
import type { Rollout } from './grpo-rollout';
import type { StageContext } from './stage';

/** The results of one step that its metrics and traces are made from. */
export interface GrpoStepResult {
  rollout: Rollout;
  search: RefreshReport;
  rewards: readonly number[];
  advantages: Advantages;
  /** The ranks while thinking; null on steps that do not record them. */
  thinking: RankWhileThinking[] | null;
}

/** The step's metrics under TRL's names, and what the task and the environment know. */
export function grpoMetrics(
  { task, tokens, session }: StageContext,
  { rollout, search, rewards, advantages }: GrpoStepResult,
): Record<string, number> {
  const { completions, searches } = rollout;
  const count = completions.length;
  const lengths = completions.map(({ ids }) => ids.length);
  const emitted = searches.filter(({ embedding }) => embedding !== null).length;
  const kept = advantages.values.filter((value) => value > 0).length;
  const exact = completions.filter(({ ids, query }) => task.judge(query, tokens.decode(ids)).exact);
  return {
    reward: rewards.reduce((sum, reward) => sum + reward, 0) / count,
    reward_std: advantages.rewardStd,
    frac_reward_zero_std: advantages.zeroStd,
    'completions/mean_length': lengths.reduce((sum, length) => sum + length, 0) / count,
    'completions/max_length': Math.max(...lengths),
    'completions/clipped_ratio': (count - emitted) / count,
    emission_rate: emitted / count,
    trace_accuracy: exact.length / count,
    ...(session.grpo.advantage === 'gain' ? { gain_rate: kept / count } : {}),
    ...search.metrics,
  };
}

/** The step's lines of `traces.jsonl`, one per completion. */
export function grpoTraces(
  { tokens }: StageContext,
  { rollout, search, rewards, advantages, thinking }: GrpoStepResult,
  t: number,
): TraceRecord[] {
  return rollout.completions.map(({ ids, logprobs, entropies }, i) => {
    const { query, completion, relevant } = rollout.searches[i]!;
    return {
      step: t,
      query,
      completion,
      ids,
      text: tokens.decode(ids),
      logprobs,
      entropies,
      reward: rewards[i]!,
      advantage: advantages.values[i]!,
      rank: bestRank(search.rankings[i]!, relevant),
      ...(thinking ? { ranks: thinking[i]!.ranks, rewards: thinking[i]!.rewards } : {}),
    };
  });
}

/** Wall-clock seconds of a step's parts, as `time/…` metrics. */
export class Laps {
  readonly metrics: Record<string, number> = {};
  private since = performance.now();

  /** Ends a part: its time is what passed since the last part ended. */
  end(part: string): void {
    const now = performance.now();
    this.metrics[`time/${part}`] = (now - this.since) / 1000;
    this.since = now;
  }
}
