import { formatNumber, formatPercent } from './format';
import type { Trend } from './trend';

/** The newest value of a metric, where there is one. */
export type LatestMetric = (name: string) => number | undefined;
/** The value of a metric at the start of the current stage, and now. */
export type TrendOf = (name: string) => Trend | undefined;

/** The share of groups with equal rewards from which most of an update teaches nothing. */
const AGREEING = 0.8;
/** Share of the first length below which completions count as collapsed. */
const SHORTENED = 0.7;
/** KL to the stage-1 model in nats per token above which a run is warned about: good runs stay below .5. */
const FAR = 1;
const SILENT = 0.5;
const FALLEN = 0.1;

/** Sentences on what looks wrong in a run, each with what to do about it. */
export function runWarnings(latest: LatestMetric, trendOf: TrendOf = () => undefined): string[] {
  const warnings: string[] = [];
  const loss = latest('loss');
  if (loss !== undefined && !Number.isFinite(loss)) {
    warnings.push('The loss is no longer a number. Stop, lower the learning rate or the gradient clip, and run again.');
  }
  const norm = latest('grad_norm');
  if (norm !== undefined && norm > 100) {
    warnings.push(
      `The gradient norm is ${formatNumber(norm)}: training may be unstable. A lower learning rate or more warm-up helps.`,
    );
  }
  const agree = trendOf('frac_reward_zero_std')?.recent ?? latest('frac_reward_zero_std');
  if (agree !== undefined && agree > AGREEING) {
    warnings.push(
      `In ${formatPercent(agree)} of the groups every completion has the same reward, so they teach nothing. A higher sampling temperature, a larger group or harder queries help.`,
    );
  }
  const emission = trendOf('emission_rate');
  const emitted = emission?.recent ?? latest('emission_rate');
  if (emitted !== undefined && emitted < SILENT) {
    warnings.push(
      `Only ${formatPercent(emitted)} of the completions end in the embed token; the others get no reward. More steps of stage 1 or longer completions help.`,
    );
  } else if (emission && emission.first - emission.recent > FALLEN) {
    warnings.push(
      `Fewer completions end in the embed token than at first, ${formatPercent(emission.recent)} against ${formatPercent(emission.first)}. A larger weight of KL or a lower learning rate keeps the habit.`,
    );
  }
  const length = trendOf('completions/mean_length');
  if (length && length.recent < SHORTENED * length.first) {
    warnings.push(
      `Completions have shrunk from ${formatNumber(length.first)} to ${formatNumber(length.recent)} tokens: the model skips its reasoning, which the reward shows late. Begin from a longer stage 1, or raise the weight of KL.`,
    );
  }
  const kl = trendOf('kl');
  if (kl && kl.recent > FAR) {
    warnings.push(
      `The model has gone far from the one stage 1 left: ${formatNumber(kl.recent)} nats a token. A larger weight of KL (grpo.beta) or a lower learning rate holds it back.`,
    );
  }
  return warnings;
}
