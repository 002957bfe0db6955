import { TOLERANCE } from '../records/reproduction';
import { formatPercent } from './format';

/** The names and descriptions of charts of more than one metric. */
export const CHARTS = {
  evaluation: {
    title: 'Held-out nDCG@10',
    about: 'How well held-out queries find their document, from 0 to 1, with reasoning and without it.',
  },
  loss: { title: 'Loss', about: 'What is minimised, in all and by term.' },
  reward: { title: 'Reward', about: 'Mean reward of the step’s completions and its spread.' },
  loss_difference: {
    title: 'Difference of the losses',
    about: `Of two runs, relative, of means over windows of steps; up to ${formatPercent(TOLERANCE.loss)} is within the tolerance.`,
  },
} as const;
