import { formatNumber, formatPercent } from './format';

/** The newest value of a metric, where there is one. */
export type Latest = (name: string) => number | undefined;

/** What looks wrong, each with what to do about it. */
export function runWarnings(latest: Latest): string[] {
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
  const agree = latest('frac_reward_zero_std');
  if (agree !== undefined && agree > 0.8) {
    warnings.push(
      `In ${formatPercent(agree)} of the groups every completion has the same reward, so they teach nothing. A higher sampling temperature, a larger group or harder queries help.`,
    );
  }
  const emitted = latest('emission_rate');
  if (emitted !== undefined && emitted < 0.5) {
    warnings.push(
      `Only ${formatPercent(emitted)} of the completions end in the embed token; the others get no reward. More steps of stage 1 or longer completions help.`,
    );
  }
  return warnings;
}
