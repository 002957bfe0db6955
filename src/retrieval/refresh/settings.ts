import { InputError } from '../../lib/errors';

export type RefreshPolicy = 'none' | 'full' | 'periodic' | 'local';

/** Settings of how the index follows a model that changes. */
export interface RefreshSettings {
  policy: RefreshPolicy;
  /** Number of documents that a search returns and the reward counts. */
  k: number;
  /** `periodic`: steps between two refreshes of the whole corpus. */
  every: number;
  /** `local`: share of the corpus that a step may re-encode, above 0 and at most 1. */
  budget: number;
  /** `local`: share of the budget that goes to the documents encoded longest ago, 0 … 1. */
  oldest_share: number;
  /** `local`: whether the documents that were not re-encoded are moved by the fitted map. */
  compensation: boolean;
  /** `local`: weight of W's squared size in its fit. */
  ridge: number;
  /** Number of searches in a step's record. */
  recorded_searches: number;
}

/**
 * The measured share of the budget for the documents encoded longest ago, by budget: 20% at a budget of 1% and less,
 * 40% at 5% and more, linear between.
 */
export function oldestShare(budget: number): number {
  return 0.2 + 0.2 * Math.min(1, Math.max(0, (budget - 0.01) / 0.04));
}

/** Fills in the defaults. @throws InputError that names the setting. */
export function refreshSettings(given: Partial<RefreshSettings>, documents: number): RefreshSettings {
  const budget = given.budget ?? 0.05;
  const settings: RefreshSettings = {
    policy: 'local',
    k: 10,
    every: 20,
    oldest_share: oldestShare(budget),
    compensation: true,
    ridge: 1,
    recorded_searches: 8,
    ...given,
    budget,
  };
  const expectRange = (name: keyof RefreshSettings, fits: boolean, expected: string): void => {
    if (!fits) throw new InputError(`refresh.${name} is ${settings[name]}, expected ${expected}`);
  };
  const whole = (value: number, low: number): boolean => Number.isInteger(value) && value >= low;
  const { policy, k, every, oldest_share, ridge, recorded_searches } = settings;
  expectRange('policy', ['none', 'full', 'periodic', 'local'].includes(policy), 'none, full, periodic or local');
  expectRange('k', whole(k, 1) && k <= documents, `a whole number from 1 to the corpus's ${documents} documents`);
  expectRange('every', whole(every, 1), 'a whole number of at least 1');
  expectRange('budget', budget > 0 && budget <= 1, 'a share of the corpus above 0 and at most 1');
  expectRange('oldest_share', oldest_share >= 0 && oldest_share <= 1, 'a share from 0 to 1');
  expectRange('ridge', ridge > 0 && Number.isFinite(ridge), 'a number above 0');
  expectRange('recorded_searches', whole(recorded_searches, 0), 'a whole number of at least 0');
  return settings;
}
