import { describe, expect, test } from 'vitest';
import { rankDepth, rankGrid, rankPiece } from './rank-line';
import { tintOf, tokenNumbers } from './tints';
import { advantageSentence, hopSentence, reachSentence, rewardSentence, traceColumns } from './trace-words';

const hop = (text: string, expected: string, fact = false) => ({ text, expected, right: text === expected, fact });
const completion = {
  ids: [1, 2, 3, 4, 5],
  tokens: ['mother', 'Ada', 'rival', 'Sam', '<|embed_token|>'],
  logprobs: [-0.1, -3, -0.2, -0.3, 0],
  entropies: [0.5, 1, 0, 0, 0],
  reward: 0.5,
  advantage: 0.25,
  rank: 3,
  ranks: [400, 90, 12, 8, 3],
  rewards: [0, 0, 0, 0.32, 0.5],
  emitted: true,
  exact: false,
  hops: [hop('mother Ada', 'mother Ada', true), hop('rival Sam', 'rival Tom')],
};

describe('columns', () => {
  test('the rank of a column is the one had the model stopped there; the embed token stands where it was read', () => {
    const columns = traceColumns(completion);
    expect(columns.map(({ token }) => token)).toEqual([null, ...completion.tokens]);
    expect(columns.map(({ rank }) => rank)).toEqual([400, 90, 12, 8, 3, 3]);
    expect(columns.map(({ hop: number }) => number)).toEqual([null, 0, 0, 1, 1, null]);
    expect(columns.filter(({ opensHop }) => opensHop).map(({ token }) => token)).toEqual(['mother', 'rival']);
  });

  test('a cut completion has no embed token, one without ranks has none', () => {
    const cut = traceColumns({ tokens: ['mother'], hops: [hop('mother', 'mother Ada'), hop('', 'rival Tom')], emitted: false, ranks: [9, 4], rewards: null }); // prettier-ignore
    expect(cut.map(({ rank, isEmbed, hop: number }) => [rank, isEmbed, number])).toEqual([[9, false, null], [4, false, 0]]); // prettier-ignore
    expect(traceColumns({ ...completion, ranks: null }).every(({ rank }) => rank === undefined)).toBe(true);
  });
});

describe('the rank line', () => {
  test('has the first document on top, the last at the bottom, and equal steps for equal factors', () => {
    expect(rankDepth(1, 1000)).toBe(0);
    expect(rankDepth(1000, 1000)).toBe(1);
    expect(rankDepth(100, 10_000)).toBeCloseTo(0.5);
    expect(rankDepth(0, 1000)).toBeNull();
    expect(rankDepth(1, 1)).toBe(0);
    expect(rankGrid(1536)).toEqual([1, 10, 100, 1000]);
    expect(rankGrid(10)).toEqual([1]);
  });

  test('a piece goes from the place before to the place after, then along', () => {
    expect(rankPiece(undefined, 1, 100, 48)).toBe('M0 4H100');
    expect(rankPiece(100, 10, 100, 48)).toBe('M0 44V24H100');
    expect(rankPiece(5, undefined, 100, 48)).toBe('');
  });
});

test('tints grow with what is told and stay within their bounds', () => {
  expect(tintOf('logprob', completion, 0).share).toBeCloseTo(0.1 / 3);
  expect(tintOf('logprob', completion, 1)).toEqual({ share: 1, side: 'plain' });
  expect(tintOf('entropy', completion, 1).share).toBeCloseTo(1 / 3);
  expect(tintOf('advantage', completion, 0)).toEqual({ share: 0.5, side: 'up' });
  expect(tintOf('advantage', { ...completion, advantage: -2 }, 0)).toEqual({ share: 1, side: 'down' });
  expect(tintOf('advantage', { ...completion, advantage: null }, 0)).toEqual({ share: 0, side: 'plain' });
  expect(tokenNumbers(completion, 1)).toBe('probability 5\u202f%, entropy 1 nats');
});

describe('words', () => {
  test('a reward is explained', () => {
    expect(rewardSentence(completion, 10)).toBe('Reward 0.500: the right document was found at place 3. Its reasoning goes wrong at hop 2.'); // prettier-ignore
    expect(rewardSentence({ ...completion, emitted: false }, 10)).toContain('cut before the embed token');
    expect(rewardSentence({ ...completion, reward: 0, rank: 0 }, 10)).toContain('not among the first 10');
    expect(rewardSentence({ ...completion, reward: 1, rank: 1, exact: true }, 10)).toContain('found first. Its reasoning is right.'); // prettier-ignore
  });

  test('an advantage is told from its group’s mean', () => {
    const group = { completions: [completion, { ...completion, reward: 0 }].map((view) => ({ ...view, step: 1 })) };
    expect(advantageSentence(group, 0.25)).toBe('Better than its group’s mean reward, 0.250: its tokens are made likelier.'); // prettier-ignore
    expect(advantageSentence(group, -0.25)).toContain('unlikelier');
    expect(advantageSentence(group, 0)).toContain('nothing is learnt');
    expect(advantageSentence(group, null)).toContain('evaluation');
  });

  test('when the document came into reach', () => {
    expect(reachSentence(completion, 10)).toBe('In reach, among the first 10, from after “rival” (3 of 4) on; it ends at place 3.'); // prettier-ignore
    expect(reachSentence({ ...completion, ranks: [400, 90, 12, 8, 1] }, 10)).toBe('In reach, among the first 10, from after “rival” (3 of 4) on; first from after “Sam” (4 of 4) on.'); // prettier-ignore
    expect(reachSentence({ ...completion, ranks: [400, 90, 12, 20, 1] }, 10)).toBe('First from after “Sam” (4 of 4) on; before, beyond the first 10.'); // prettier-ignore
    expect(reachSentence({ ...completion, ranks: [1, 1, 1, 1, 1] }, 10)).toContain(
      'First from before the first word on',
    );
    expect(reachSentence({ ...completion, ranks: [400, 7, 12, 20, 31] }, 10)).toContain('its best was place 7');
    expect(reachSentence({ ...completion, ranks: null }, 10)).toBeNull();
  });

  test('a hop says what is wrong with it', () => {
    expect(hopSentence(hop('a b', 'a b', true))).toBe('a b: right');
    expect(hopSentence(hop('', 'a b'))).toBe('missing: expected a b');
    expect(hopSentence(hop('a b', ''))).toBe('a b: one hop too many');
    expect(hopSentence(hop('a c', 'a b', true))).toContain('true by itself');
    expect(hopSentence(hop('a c', 'a b'))).toBe('a c: wrong, expected a b');
  });
});
