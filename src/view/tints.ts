import { formatNumber, formatPercent } from './format';

/** The numbers by which tokens can be coloured. */
export type Tint = 'logprob' | 'entropy' | 'advantage';

export const TINTS: readonly { id: Tint; label: string; meaning: string }[] = [
  { id: 'logprob', label: 'surprise', meaning: 'The darker a token, the less likely the model held it: −log p, in nats.' },
  { id: 'entropy', label: 'entropy', meaning: 'The darker a token, the more the model had in mind at that place, in nats.' },
  { id: 'advantage', label: 'advantage', meaning: 'Tokens of a completion above its group’s mean reward, and below it.' },
]; // prettier-ignore

interface Tinted {
  logprobs: readonly number[];
  entropies: readonly number[];
  advantage: number | null;
}

export interface TokenTint {
  /** The strength of the colour, in [0, 1]; 0 is none. */
  share: number;
  side: 'plain' | 'up' | 'down';
}

/** Nats at which the colour is full: a token of probability 0.05. */
export const FULL_NATS = 3;
/** The size of an advantage at which the colour is full; rewards are in [0, 1], and so is an advantage's size. */
const FULL_ADVANTAGE = 0.5;

export function tintOf(tint: Tint, completion: Tinted, at: number): TokenTint {
  if (tint === 'advantage') {
    const { advantage } = completion;
    if (advantage === null || advantage === 0) return { share: 0, side: 'plain' };
    return { share: Math.min(1, Math.abs(advantage) / FULL_ADVANTAGE), side: advantage > 0 ? 'up' : 'down' };
  }
  const nats = tint === 'logprob' ? -(completion.logprobs[at] ?? 0) : (completion.entropies[at] ?? 0);
  return { share: Math.min(1, Math.max(0, nats / FULL_NATS)), side: 'plain' };
}

/** The numbers behind a token's colour, in words. */
export function tokenNumbers(completion: Tinted, at: number): string {
  const logprob = completion.logprobs[at];
  const entropy = completion.entropies[at];
  const parts: string[] = [];
  if (logprob !== undefined) parts.push(`probability ${formatPercent(Math.exp(logprob))}`);
  if (entropy !== undefined) parts.push(`entropy ${formatNumber(entropy)} nats`);
  return parts.join(', ');
}
