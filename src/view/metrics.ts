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
  'loss/distil': {
    label: 'teacher',
    unit: 'nats',
    meaning: 'Divergence of the teacher’s ranking of the batch’s documents from the model’s.',
  },
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
  'refresh/reward_error_before': {
    label: 'Reward error before',
    unit: '',
    meaning: 'The reward error that the step would have had without its refresh.',
  },
  'refresh/edges_added': { label: 'Edges added', unit: 'edges', meaning: 'New neighbours in the graph, of the step.' },
  'refresh/edges_removed': { label: 'Edges removed', unit: 'edges', meaning: 'Neighbours that the step took away.' },
  'refresh/compensated': {
    label: 'Compensated',
    unit: 'documents',
    meaning: 'Documents that were moved by the fitted map in place of being encoded anew.',
  },
  'refresh/compensated_drift': {
    label: 'Compensated by',
    unit: '1 − cosine',
    meaning: 'How far the fitted map moved a document, on average.',
  },
  'refresh/age_mean': { label: 'Age', unit: 'steps', meaning: 'Steps since a document was encoded, on average.' },
  'refresh/age_max': { label: 'Oldest', unit: 'steps', meaning: 'Steps since the document was encoded that waits longest.' }, // prettier-ignore
  'refresh/drift_mean': {
    label: 'Drift',
    unit: '1 − cosine',
    meaning: 'How far re-encoded documents had moved since they were encoded last, on average.',
  },
  'refresh/drift_max': { label: 'Largest drift', unit: '1 − cosine', meaning: 'Of the documents re-encoded in the step.' }, // prettier-ignore
  'refresh/distances': { label: 'Distances', unit: 'a search', meaning: 'Documents that one search of the graph compared.' }, // prettier-ignore
  'refresh/hops': { label: 'Hops', unit: 'a search', meaning: 'Steps from neighbour to neighbour of one search.' },
  trace_accuracy: { label: 'Right reasoning', unit: 'share', meaning: 'Completions equal to the right one, word for word.' }, // prettier-ignore
  tokens: { label: 'Tokens', unit: 'tokens', meaning: 'Tokens that the step trained on.' },
  micro_batches: { label: 'Micro-batches', unit: 'parts', meaning: 'Parts that the step was computed in.' },
};

export interface MetricGroup {
  id: string;
  title: string;
  names: string[];
}

/** Groups of charts, in this order; the first that a name belongs to has it, the last has what nobody else does. */
const GROUPS: readonly { id: string; title: string; has: (name: string) => boolean; first: readonly string[] }[] = [
  {
    id: 'rl',
    title: 'Reinforcement learning',
    has: (name) => /^(kl$|entropy$|clip_ratio\/|frac_reward)/.test(name),
    first: ['kl', 'entropy', 'frac_reward_zero_std'],
  },
  {
    id: 'completions',
    title: 'Completions',
    has: (name) => /^(completions\/|emission_rate$|trace_accuracy$)/.test(name),
    first: ['trace_accuracy', 'emission_rate', 'completions/mean_length'],
  },
  {
    id: 'refresh',
    title: 'Refresh of the graph',
    has: (name) => name.startsWith('refresh/'),
    first: [
      'refresh/share',
      'refresh/reencoded',
      'refresh/recall',
      'refresh/reward_error',
      'refresh/reward_error_before',
    ],
  },
  {
    id: 'optimiser',
    title: 'Optimiser',
    has: (name) => /^(grad_norm|learning_rate|tokens)$/.test(name),
    first: ['grad_norm', 'learning_rate'],
  },
  {
    id: 'time',
    title: 'Time',
    has: (name) => name.startsWith('time/'),
    first: ['time/tokens_per_second', 'time/step'],
  },
  { id: 'other', title: 'Others', has: () => true, first: [] },
];

/** Every metric that the page has words for, by its name in the files. */
export const metricEntries = (): [name: string, info: MetricInfo][] => Object.entries(KNOWN);

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

/** Metrics that get a small chart of their own, by group; losses and rewards have large ones. */
export function metricGroups(names: readonly string[]): MetricGroup[] {
  const found = new Map<string, string[]>();
  for (const name of names) {
    if (isLossTerm(name) || isReward(name)) continue;
    const { id } = GROUPS.find(({ has }) => has(name))!;
    found.set(id, [...(found.get(id) ?? []), name]);
  }
  return GROUPS.flatMap(({ id, title, first }) => {
    const own = found.get(id);
    if (!own) return [];
    const known = first.filter((name) => own.includes(name));
    return [{ id, title, names: [...known, ...own.filter((name) => !known.includes(name))] }];
  });
}

/** Whether a chart is one that a search asks for: every word of it in its title, its metrics' keys or what they mean. */
export function isWanted(query: string, ...texts: readonly string[]): boolean {
  const all = texts.join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** The speed that the bar shows: whatever the run calls it. */
export const SPEED = 'time/tokens_per_second';
