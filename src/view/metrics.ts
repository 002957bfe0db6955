/** What the page knows about metrics by name; one it does not know is shown under its own name. */

export interface MetricInfo {
  label: string;
  unit: string;
  meaning: string;
}

const KNOWN: Readonly<Record<string, MetricInfo>> = {
  loss: { label: 'total', unit: 'nats', meaning: 'The sum that is minimised, each term with its weight.' },
  'loss/lm': { label: 'next word', unit: 'nats', meaning: 'Cross-entropy of the next word.' },
  'loss/sft': { label: 'answer', unit: 'nats', meaning: 'Cross-entropy of the reasoning and the embed token.' },
  'loss/kl': { label: 'KL', unit: 'nats', meaning: 'Divergence from the model the stage began with.' },
  'loss/infonce': { label: 'InfoNCE', unit: 'nats', meaning: 'Telling the right document from the batch’s others.' },
  'loss/triplet': { label: 'triplet', unit: 'cosine', meaning: 'How far hard negatives reach into the margin.' },
  'loss/replay': { label: 'replay', unit: 'nats', meaning: 'Cross-entropy of replayed facts.' },
  grad_norm: { label: 'Gradient norm', unit: '', meaning: 'Length of the whole gradient, before clipping.' },
  learning_rate: { label: 'Learning rate', unit: '', meaning: 'AdamW’s step size.' },
  reward: { label: 'Reward', unit: '', meaning: 'Mean reward of the step’s completions, from 0 to 1.' },
  reward_std: { label: 'Reward spread', unit: '', meaning: 'Standard deviation of the rewards.' },
  frac_reward_zero_std: {
    label: 'Groups that agree',
    unit: 'share',
    meaning: 'Groups whose completions all have one reward, which therefore teach nothing.',
  },
  kl: { label: 'KL to reference', unit: 'nats', meaning: 'Divergence from the model that stage 1 left.' },
  entropy: { label: 'Entropy', unit: 'nats', meaning: 'How undecided the model is at each token.' },
  emission_rate: { label: 'Embed token written', unit: 'share', meaning: 'Completions that end in the embed token.' },
  'clip_ratio/low_mean': { label: 'Clipped below', unit: 'share', meaning: 'Tokens clipped at the lower bound.' },
  'clip_ratio/high_mean': { label: 'Clipped above', unit: 'share', meaning: 'Tokens clipped at the upper bound.' },
  'completions/mean_length': { label: 'Completion length', unit: 'tokens', meaning: 'Mean over the step.' },
  'completions/clipped_ratio': {
    label: 'Completions cut',
    unit: 'share',
    meaning: 'Completions that reached the longest length.',
  },
  'time/tokens_per_second': { label: 'Speed', unit: 'tokens/s', meaning: 'Tokens trained on in a second.' },
  'time/step': { label: 'Time of a step', unit: 's', meaning: 'Wall clock.' },
  'time/rollout': { label: 'Time to sample', unit: 's', meaning: 'Writing the completions, wall clock.' },
  'time/refresh': { label: 'Time to refresh', unit: 's', meaning: 'Re-encoding and re-linking, wall clock.' },
  'time/thinking': { label: 'Time to follow', unit: 's', meaning: 'Recording the rank while thinking, wall clock.' },
  'loss/policy': { label: 'policy', unit: '', meaning: 'The clipped objective of GRPO.' },
  'completions/max_length': { label: 'Longest completion', unit: 'tokens', meaning: 'Of the step.' },
  'refresh/reencoded': { label: 'Re-encoded', unit: 'documents', meaning: 'Documents encoded anew in the step.' },
  'refresh/share': { label: 'Share re-encoded', unit: 'share', meaning: 'Of the whole corpus.' },
  'refresh/recall': { label: 'Recall of the index', unit: 'share', meaning: 'Against a search of every document.' },
  'refresh/reward_error': {
    label: 'Reward error',
    unit: '',
    meaning: 'Reward by the kept index against reward by a fresh one.',
  },
};

/** Of the small multiples these come first, in this order. */
const FIRST = ['grad_norm', 'learning_rate', 'time/tokens_per_second', 'entropy', 'kl', 'completions/mean_length'];

export function metricInfo(name: string): MetricInfo {
  const known = KNOWN[name];
  if (known) return known;
  const plain = name.replace(/^(loss|time|refresh)\//, '').replace(/[_/]/g, ' ');
  const label = plain.charAt(0).toUpperCase() + plain.slice(1);
  const unit = name.startsWith('time/') ? 's' : name.startsWith('loss/') ? 'nats' : '';
  return { label: name.startsWith('loss/') ? plain : label, unit, meaning: name };
}

export const isLossTerm = (name: string): boolean => name === 'loss' || name.startsWith('loss/');
export const isReward = (name: string): boolean => name === 'reward' || name === 'reward_std';

/** Names that get a small chart of their own, best known first. */
export function smallMultiples(names: readonly string[]): string[] {
  const place = (name: string): number => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return names
    .filter((name) => !isLossTerm(name) && !isReward(name))
    .map((name, at) => ({ name, at }))
    .sort((a, b) => place(a.name) - place(b.name) || a.at - b.at)
    .map(({ name }) => name);
}

/** The speed that the bar shows: whatever the run calls it. */
export const SPEED = 'time/tokens_per_second';
