/**
 * The page's list of metrics: the name, unit and meaning of each, the group of its chart and the style of its line. A
 * metric that is not here is shown under its own name.
 */

/** How a metric is drawn beside others in one chart. */
export interface MetricLine {
  color: string;
  dash: number[];
}

export interface MetricInfo {
  label: string;
  unit: string;
  meaning: string;
  line?: MetricLine;
}

/** Titles of the groups of small charts, in the order in which they stand; losses and rewards have large charts. */
const TITLES = {
  rl: 'Reinforcement learning',
  completions: 'Completions',
  refresh: 'Refresh of the graph',
  optimiser: 'Optimiser',
  time: 'Time',
  other: 'Others',
} as const;
type ChartGroup = keyof typeof TITLES;

/** The metrics by group, in the order of their charts, under their names in the files. */
const METRICS: Readonly<Record<'loss' | 'reward' | ChartGroup, Readonly<Record<string, MetricInfo>>>> = {
  loss: {
    loss: {
      label: 'total',
      unit: 'nats',
      meaning: 'The sum that is minimised, each term with its weight.',
      line: { color: '--text', dash: [] },
    },
    'loss/lm': {
      label: 'next word',
      unit: 'nats',
      meaning: 'Cross-entropy of the next word.',
      line: { color: '--other', dash: [4, 2] },
    },
    'loss/sft': {
      label: 'answer',
      unit: 'nats',
      meaning: 'Cross-entropy of the reasoning and the embed token.',
      line: { color: '--reasoning', dash: [] },
    },
    'loss/kl': {
      label: 'KL',
      unit: 'nats',
      meaning: 'Divergence from the model the stage began with.',
      line: { color: '--direct', dash: [8, 2, 2, 2] },
    },
    'loss/infonce': {
      label: 'InfoNCE',
      unit: 'nats',
      meaning: 'Telling the right document from the batch’s others.',
      line: { color: '--relevant', dash: [6, 3] },
    },
    'loss/triplet': {
      label: 'triplet',
      unit: 'cosine',
      meaning: 'How far hard negatives reach into the margin.',
      line: { color: '--irrelevant', dash: [2, 2] },
    },
    'loss/distil': {
      label: 'teacher',
      unit: 'nats',
      meaning: 'Divergence of the teacher’s ranking of the batch’s documents from the model’s.',
      line: { color: '--relevant', dash: [2, 3] },
    },
    'loss/replay': {
      label: 'replay',
      unit: 'nats',
      meaning: 'Cross-entropy of replayed facts.',
      line: { color: '--other', dash: [2, 4] },
    },
    'loss/policy': { label: 'policy', unit: '', meaning: 'The clipped objective of GRPO.' },
  },
  reward: {
    reward: { label: 'Reward', unit: '', meaning: 'Mean reward of the step’s completions, from 0 to 1.' },
    reward_std: { label: 'Reward spread', unit: '', meaning: 'Standard deviation of the rewards.' },
  },
  rl: {
    kl: { label: 'KL to reference', unit: 'nats', meaning: 'Divergence from the model that stage 1 left.' },
    entropy: { label: 'Entropy', unit: 'nats', meaning: 'How undecided the model is at each token.' },
    frac_reward_zero_std: {
      label: 'Groups that agree',
      unit: 'share',
      meaning: 'Groups whose completions all have the same reward, and so teach nothing.',
    },
    gain_rate: {
      label: 'Words that helped',
      unit: 'share',
      meaning: 'Completions that led the search better than embedding the query at once.',
    },
    'clip_ratio/low_mean': { label: 'Clipped below', unit: 'share', meaning: 'Tokens clipped at the lower bound.' },
    'clip_ratio/high_mean': { label: 'Clipped above', unit: 'share', meaning: 'Tokens clipped at the upper bound.' },
  },
  completions: {
    trace_accuracy: {
      label: 'Right reasoning',
      unit: 'share',
      meaning: 'Completions equal to the right one, word for word.',
    },
    emission_rate: { label: 'Embed token written', unit: 'share', meaning: 'Completions that end in the embed token.' },
    'completions/mean_length': { label: 'Completion length', unit: 'tokens', meaning: 'Mean over the step.' },
    'completions/clipped_ratio': {
      label: 'Completions cut',
      unit: 'share',
      meaning: 'Completions that reached the longest length.',
    },
    'completions/max_length': { label: 'Longest completion', unit: 'tokens', meaning: 'Of the step.' },
  },
  refresh: {
    'refresh/share': { label: 'Share re-encoded', unit: 'share', meaning: 'Of the whole corpus.' },
    'refresh/reencoded': { label: 'Re-encoded', unit: 'documents', meaning: 'Documents embedded again in the step.' },
    'refresh/recall': { label: 'Recall of the index', unit: 'share', meaning: 'Against a search of every document.' },
    'refresh/reward_error': {
      label: 'Reward error',
      unit: '',
      meaning: 'Reward by the kept index against reward by a fresh one.',
    },
    'refresh/reward_error_before': {
      label: 'Reward error before',
      unit: '',
      meaning: 'The reward error that the step would have had without its refresh.',
    },
    'refresh/edges_added': {
      label: 'Edges added',
      unit: 'edges',
      meaning: 'New neighbours in the graph, of the step.',
    },
    'refresh/edges_removed': { label: 'Edges removed', unit: 'edges', meaning: 'Neighbours that the step took away.' },
    'refresh/compensated': {
      label: 'Compensated',
      unit: 'documents',
      meaning: 'Documents that were moved by the fitted map instead of being embedded again.',
    },
    'refresh/compensated_drift': {
      label: 'Compensated by',
      unit: '1 − cosine',
      meaning: 'How far the fitted map moved a document, on average.',
    },
    'refresh/age_mean': { label: 'Age', unit: 'steps', meaning: 'Steps since a document was encoded, on average.' },
    'refresh/age_max': {
      label: 'Oldest',
      unit: 'steps',
      meaning: 'Steps since the document was encoded that waits longest.',
    },
    'refresh/drift_mean': {
      label: 'Drift',
      unit: '1 − cosine',
      meaning: 'How far re-encoded documents had moved since they were encoded last, on average.',
    },
    'refresh/drift_max': {
      label: 'Largest drift',
      unit: '1 − cosine',
      meaning: 'Of the documents re-encoded in the step.',
    },
    'refresh/distances': {
      label: 'Distances',
      unit: 'a search',
      meaning: 'Documents that one search of the graph compared.',
    },
    'refresh/hops': { label: 'Hops', unit: 'a search', meaning: 'Steps from neighbour to neighbour of one search.' },
  },
  optimiser: {
    grad_norm: { label: 'Gradient norm', unit: '', meaning: 'Length of the whole gradient, before clipping.' },
    loss_scale: {
      label: 'Loss scale',
      unit: '',
      meaning: 'What the loss’s gradient was multiplied by, so that 16 bits hold it.',
    },
    skipped_steps: {
      label: 'Skipped steps',
      unit: 'steps',
      meaning: 'Steps of the stage so far that changed no weight, because 16 bits overflowed.',
    },
    learning_rate: { label: 'Learning rate', unit: '', meaning: 'AdamW’s step size.' },
    tokens: { label: 'Tokens', unit: 'tokens', meaning: 'Tokens that the step trained on.' },
  },
  time: {
    'time/tokens_per_second': { label: 'Speed', unit: 'tokens/s', meaning: 'Tokens trained on in a second.' },
    'time/step': { label: 'Time of a step', unit: 's', meaning: 'Wall clock.' },
    'time/rollout': { label: 'Time to sample', unit: 's', meaning: 'Writing the completions, wall clock.' },
    'time/refresh': { label: 'Time to refresh', unit: 's', meaning: 'Re-encoding and re-linking, wall clock.' },
    'time/thinking': { label: 'Time to follow', unit: 's', meaning: 'Recording the rank while thinking, wall clock.' },
  },
  other: {
    micro_batches: { label: 'Micro-batches', unit: 'parts', meaning: 'Parts that the step was computed in.' },
  },
};

const KNOWN = new Map(
  Object.entries(METRICS).flatMap(([group, metrics]) =>
    Object.entries(metrics).map(([name, info]) => [name, { group, info }] as const),
  ),
);
const PLACES = [...KNOWN.keys()];

export interface MetricGroup {
  id: string;
  title: string;
  names: string[];
}

/** Every metric of the list, by its name in the files. */
export const metricEntries = (): [name: string, info: MetricInfo][] =>
  [...KNOWN].map(([name, { info }]) => [name, info]);

export function metricInfo(name: string): MetricInfo {
  const known = KNOWN.get(name);
  if (known) return known.info;
  const plain = name.replace(/^(loss|time|refresh)\//, '').replace(/[_/]/g, ' ');
  const label = plain.charAt(0).toUpperCase() + plain.slice(1);
  const unit = name.startsWith('time/') ? 's' : name.startsWith('loss/') ? 'nats' : '';
  return { label: name.startsWith('loss/') ? plain : label, unit, meaning: name };
}

export const isLossTerm = (name: string): boolean => name === 'loss' || name.startsWith('loss/');
export const isReward = (name: string): boolean => name === 'reward' || name === 'reward_std';

/** The group of a metric's small chart; for an unknown metric the first part of its name. */
function groupOf(name: string): string {
  const [first = ''] = name.split('/');
  return KNOWN.get(name)?.group ?? (Object.hasOwn(TITLES, first) ? first : 'other');
}

/**
 * Metrics with a small chart of their own, by group: known ones in the list's order, then the others in the given one.
 */
export function metricGroups(names: readonly string[]): MetricGroup[] {
  const place = (name: string): number => (KNOWN.has(name) ? PLACES.indexOf(name) : PLACES.length);
  const sorted = names.filter((name) => !isLossTerm(name)).sort((a, b) => place(a) - place(b));
  return Object.entries(TITLES).flatMap(([id, title]) => {
    const own = sorted.filter((name) => groupOf(name) === id);
    return own.length > 0 ? [{ id, title, names: own }] : [];
  });
}

/** Whether a chart matches a search: every word of it is in its title, its metrics' names or their meanings. */
export function isWanted(query: string, ...texts: readonly string[]): boolean {
  const all = texts.join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** The metric of the speed that the top bar shows. */
export const SPEED = 'time/tokens_per_second';
