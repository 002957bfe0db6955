import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GraphRecord, TraceRecord } from '../records/records';
import { evidenceBytes } from './evidence';

const trace: TraceRecord = {
  step: 7,
  query: 'boss Ada',
  completion: 1,
  ids: [4, 9, 2],
  text: 'boss Ada Ben',
  logprobs: [-0.5, -1.25, -0.125],
  entropies: [0.5, 0.25, 0.125],
  reward: 0.625,
  advantage: -0.375,
  rank: 3,
};
const graph: GraphRecord = {
  step: 7,
  reencoded: [{ doc: 3, drift: 0.5, age: 2 }],
  added: [[1, 2]],
  removed: [[2, 3]],
  compensated: { count: 5, mean_drift: 0.25 },
  searches: [{ query: 'boss Ada', completion: 1, path: [0, 4], found: [4, 5], wanted: [6], rank_before: 2, rank_after: 1 }],
  recall: null,
  reward_error: 0.5,
}; // prettier-ignore

const digest = (traces: readonly TraceRecord[], refresh?: GraphRecord): string =>
  Buffer.from(evidenceBytes(traces, refresh)).toString('hex');
const same = digest([trace], graph);

describe('the evidence of a step', () => {
  it.each<[string, Partial<TraceRecord>]>([
    ['a token', { ids: [4, 9, 3] }],
    ['one bit of a log-probability', { logprobs: [-0.5, -1.25 - 2 ** -52, -0.125] }],
    ['a token less', { ids: [4, 9], logprobs: [-0.5, -1.25] }],
    ['the reward', { reward: 0.5 }],
    ['the advantage', { advantage: NaN }],
    ['the rank', { rank: 0 }],
  ])('tells %s of a completion', (_, changes) => {
    expect(digest([{ ...trace, ...changes }], graph)).not.toBe(same);
  });

  it.each<[string, Partial<GraphRecord>]>([
    ['what was encoded', { reencoded: [{ doc: 3, drift: 0.5, age: 3 }] }],
    ['an edge that came', { added: [[1, 3]] }],
    ['an edge that went', { removed: [] }],
    ['an edge on the other side', { added: [], removed: [[1, 2], [2, 3]] }],
    ['what was moved', { compensated: { count: 5, mean_drift: 0.5 } }],
    ['a path', { searches: [{ ...graph.searches[0]!, path: [0, 5] }] }],
    ['where a path ends and the answer begins', { searches: [{ ...graph.searches[0]!, path: [0], found: [4, 4, 5] }] }],
    ['a rank', { searches: [{ ...graph.searches[0]!, rank_after: 2 }] }],
    ['the recall', { recall: 0 }],
    ['the error of the reward', { reward_error: null }],
  ])('tells %s of a refresh', (_, changes) => {
    expect(digest([trace], { ...graph, ...changes })).not.toBe(same);
  }); // prettier-ignore

  it('leaves out what was only read, and what follows from the rest', () => {
    expect(digest([{ ...trace, text: '', entropies: [], ranks: [1, 2], rewards: [1, 1] }], graph)).toBe(same);
  });

  it('is the same whatever was told before, and grows with what there is', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(99), { maxLength: 40 }), { maxLength: 300 }), (completions) => {
        const traces = completions.map((ids) => ({ ...trace, ids, logprobs: ids.map((id) => -id / 7) }));
        const first = digest(traces);
        expect(first.length / 16).toBe(1 + ids(completions));
        digest([trace], graph);
        expect(digest(traces)).toBe(first);
      }),
      { numRuns: 50 },
    );
  });
});

/** Numbers that the completions' evidence takes: two counts and three figures each, beside the tokens. */
const ids = (completions: readonly number[][]): number =>
  completions.reduce((sum, { length }) => sum + 2 * length + 5, 0);
