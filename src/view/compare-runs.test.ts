import { describe, expect, test } from 'vitest';
import { presetSession } from '../config/presets';
import { withValue } from '../config/edit-session';
import type { ArmResult } from '../records/records';
import { bandedLines, estimate, groupRuns, settingRows, type ReadableRun } from './compare-runs';

const session = presetSession('kin-quick')!;
const arm = (ndcg: number, spread = 0): ArmResult => ({
  ndcg_cut_10: ndcg,
  recall_100: 1,
  recip_rank_cut_10: 1,
  map: 1,
  success_1: 1,
  ci95: spread > 0 ? { ndcg_cut_10: [ndcg - spread, ndcg + spread] } : {},
  by_depth: {},
  queries: 10,
});
const runOf = (id: string, of = session, reasoning = arm(0.9)): ReadableRun => ({
  id,
  title: '',
  notes: '',
  tags: [],
  bytes: 1,
  created: 0,
  updated: 0,
  state: 'finished',
  error: null,
  run: {
    session: of,
    totalSteps: 480,
    plan: null,
    checkpoints: [],
    spentMs: 0,
    adapter: '',
    evaluation: { test: { reasoning } },
    fingerprint: null,
    numerics: 1,
    claim: null,
    ancestors: [],
    group: null,
    groupSize: 0,
    curve: [],
  },
});

describe('runs side by side', () => {
  test('seeds of one session stand together; settings that differ are listed with their values', () => {
    const other = withValue(session, 'sft.batch_size', 64);
    const groups = groupRuns([runOf('a'), runOf('b', withValue(session, 'seed', 2)), runOf('c', other)]);
    expect(groups.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['Kin, quick (2 runs)', 2],
      ['Kin, quick, 1 changed', 1],
    ]);
    expect(groupRuns([3, 4].map((seed) => runOf(`${seed}`, withValue(session, 'seed', seed))))[0]!.name).toBe(
      'Kin, quick (2 runs)',
    );
    expect(settingRows(groups)).toEqual([
      { path: 'sft.batch_size', label: expect.stringContaining('batch') as string, values: ['32', '64'] },
    ]);
  });

  test('an interval covers what the queries and the seeds leave open', () => {
    const [group] = groupRuns([runOf('a', session, arm(0.8, 0.0196)), runOf('b', session, arm(0.9, 0.0196))]);
    const found = estimate(group!, 'reasoning')!;
    expect(found.mean).toBeCloseTo(0.85);
    // Half of 0.01² from the queries, 0.1²/2 over two from the seeds.
    expect(found.error).toBeCloseTo(Math.sqrt(0.01 ** 2 / 2 + 0.005 / 2));
    expect(estimate(group!, 'direct')).toBeNull();
  });

  test('curves meet on shared steps, with bounds over seeds and nothing beyond their own ends', () => {
    const { steps, lines } = bandedLines([
      [
        [
          [1, 1],
          [3, 3],
        ],
        [
          [1, 3],
          [3, 5],
        ],
      ],
      [
        [
          [2, 7],
          [4, 9],
        ],
      ],
    ]);
    const [first, second] = lines;
    expect([...steps]).toEqual([1, 2, 3, 4]);
    expect([...first!.mean]).toEqual([2, 3, 4, NaN]);
    expect([...second!.mean]).toEqual([NaN, 7, 8, 9]);
    expect([...first!.low]).toEqual([1, 2, 3, NaN]);
    expect([...first!.high]).toEqual([3, 4, 5, NaN]);
  });
});
