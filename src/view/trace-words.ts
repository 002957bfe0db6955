import type { TraceGroup, TraceHop, TraceView } from '../host/browser/api';
import { formatNumber } from './format';

/** A place in a completion where the model could have embedded: before its first token, or after one. */
export interface TraceColumn {
  /** The token written last; null before the first token. */
  token: string | null;
  /** Its index among the ids; −1 before the first. */
  at: number;
  /** The hop that it belongs to, and whether it is the hop's first token. */
  hop: number | null;
  opensHop: boolean;
  isEmbed: boolean;
  rank: number | undefined;
  reward: number | undefined;
}

type Followed = Pick<TraceView, 'tokens' | 'hops' | 'emitted'> & {
  ranks: readonly number[] | null;
  rewards: readonly number[] | null;
};

/**
 * A completion as columns: one before the first token, one for each token. The embed token has the column in which it
 * was read.
 */
export function traceColumns({ tokens, hops, emitted, ranks, rewards }: Followed): TraceColumn[] {
  const owner = hopOfToken(hops, tokens.length);
  const columns: TraceColumn[] = [
    { token: null, at: -1, hop: null, opensHop: false, isEmbed: false, rank: ranks?.[0], reward: rewards?.[0] },
  ];
  tokens.forEach((token, at) => {
    const isEmbed = emitted && at === tokens.length - 1;
    const prefix = isEmbed ? at : at + 1;
    const hop = isEmbed ? null : (owner[at] ?? null);
    columns.push({
      token,
      at,
      hop,
      opensHop: hop !== null && owner[at - 1] !== hop,
      isEmbed,
      rank: ranks?.[prefix],
      reward: rewards?.[prefix],
    });
  });
  return columns;
}

/** The hop that each token belongs to, in order; null after the last hop. */
function hopOfToken(hops: readonly TraceHop[], count: number): (number | null)[] {
  const owner = new Array<number | null>(count).fill(null);
  let at = 0;
  hops.forEach(({ text }, hop) => {
    const end = Math.min(count, at + text.split(/\s+/).filter(Boolean).length);
    owner.fill(hop, at, end);
    at = end;
  });
  return owner;
}

const place = (rank: number): string => (rank === 1 ? 'first' : `at place ${rank.toLocaleString('en')}`);

/** A sentence on why a completion got its reward. */
export function rewardSentence(completion: Omit<TraceView, 'step'>, k: number): string {
  const { emitted, reward, rank, exact, hops } = completion;
  if (!emitted) return 'No reward: it was cut before the embed token, so nothing was searched.';
  const wrong = hops.findIndex(({ right }) => !right);
  const reasoning = exact
    ? 'Its reasoning is right.'
    : wrong >= 0
      ? `Its reasoning goes wrong at hop ${wrong + 1}.`
      : 'Its reasoning is not the expected one.';
  if (reward === 0) return `No reward: the right document was not among the first ${k}. ${reasoning}`;
  return `Reward ${formatNumber(reward)}: the right document was found ${place(rank)}. ${reasoning}`;
}

/** A sentence on how an advantage follows from its group. */
export function advantageSentence({ completions }: Pick<TraceGroup, 'completions'>, advantage: number | null): string {
  if (advantage === null) return 'Written greedily at an evaluation: nothing is learnt from it.';
  const mean = completions.reduce((sum, { reward }) => sum + reward, 0) / Math.max(1, completions.length);
  const group = `its group’s mean reward, ${formatNumber(mean)}`;
  if (advantage === 0) return `Neither better nor worse than ${group}: nothing is learnt from it.`;
  return advantage > 0
    ? `Better than ${group}: its tokens are made likelier.`
    : `Worse than ${group}: its tokens are made unlikelier.`;
}

/**
 * A sentence on when in its reasoning the right document came among the first k; null where the rank was not followed.
 */
export function reachSentence({ tokens, emitted, ranks }: Followed, k: number): string | null {
  if (!ranks || ranks.length === 0) return null;
  const written = emitted ? tokens.slice(0, -1) : tokens;
  const since = (within: number): number => {
    let at = ranks.length;
    while (at > 0 && ranks[at - 1]! >= 1 && ranks[at - 1]! <= within) at--;
    return at;
  };
  const last = ranks[ranks.length - 1]!;
  if (last > k) {
    const best = Math.min(...ranks);
    return `The right document never stayed within reach: it ends ${place(last)}, and its best was place ${best.toLocaleString('en')}.`;
  }
  const when = (at: number): string =>
    at === 0 ? 'before the first word' : `after “${written[at - 1] ?? ''}” (${at} of ${written.length})`;
  const [reached, first] = [since(k), since(1)];
  if (last > 1) return `In reach, among the first ${k}, from ${when(reached)} on; it ends ${place(last)}.`;
  if (reached === first) return `First from ${when(first)} on; before, beyond the first ${k}.`;
  return `In reach, among the first ${k}, from ${when(reached)} on; first from ${when(first)} on.`;
}

/** A sentence on a hop's mark. */
export function hopSentence({ text, expected, right, fact }: TraceHop): string {
  if (right) return `${text}: right`;
  if (text === '') return `missing: expected ${expected}`;
  if (expected === '') return `${text}: one hop too many`;
  return fact
    ? `${text}: true by itself, but not the step asked for (${expected})`
    : `${text}: wrong, expected ${expected}`;
}
