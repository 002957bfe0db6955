import { expect, test } from 'vitest';
import { defaultSession } from '../config/session';
import { PRESETS, presetSession } from '../config/presets';
import { FIELDS } from '../config/fields';
import { diffSession, withValue } from '../config/edit-session';
import { arm } from '../records/records.test-data';
import { isAbove } from './arms';
import { runSentence, type RunFacts } from './sentence';
import { changeSentence, forkTitle, groupSummary, sessionLines, sessionPromise, waysOf } from './session-words';
import { trend } from './trend';
import { runWarnings } from './warnings';

const facts: RunFacts = {
  status: 'running',
  reading: null,
  plan: {
    stages: [
      { stage: 'pretrain', firstStep: 1, steps: 100 },
      { stage: 'sft', firstStep: 101, steps: 50 },
      { stage: 'grpo', firstStep: 151, steps: 50 },
    ],
    totalSteps: 200,
    documents: 10,
    parameters: 10,
    vocabulary: 10,
  },
  step: 112,
  stage: 'sft',
  loss: 1.5,
  firstLoss: 3,
  reward: undefined,
  latest: undefined,
  evaluation: null,
  spentMs: 52_000,
};

test('says where a run is and what the last evaluation found', () => {
  expect(runSentence(facts)).toBe(
    'Step 112 of 200 · stage 1, step 12 of 50: learning to write its reasoning and to embed. Loss 1.50, down from 3.',
  );
  const latest = { step: 110, stage: 'sft' as const, arms: { reasoning: arm(0.71), direct: arm(0.02) } };
  expect(runSentence({ ...facts, latest })).toContain(
    'At step 110, reasoning finds the right document first in 71\u202f% of held-out queries; without it, 2\u202f%.',
  );
  expect(runSentence({ ...facts, latest: { ...latest, arms: { direct: arm(0.5) } } })).toContain(
    'the right document comes first in 50\u202f% of held-out queries',
  );
});

test('speaks of rewards in stage 2, of the last evaluation after the last step, and of the result at the end', () => {
  expect(runSentence({ ...facts, step: 160, stage: 'grpo', reward: 0.62 })).toContain('Mean reward 0.620');
  expect(runSentence({ ...facts, step: 200, stage: 'grpo' })).toContain('the final evaluation goes on');
  const evaluation = { test: { reasoning: arm(0.83), direct: arm(0.12), bm25: arm(0.05) } };
  expect(runSentence({ ...facts, status: 'finished', step: 200, evaluation })).toBe(
    'Finished: 200 steps in 52\u202fs. On test queries nDCG@10 is 0.830 with reasoning and 0.120 without; BM25 reaches 0.050.',
  );
});

test('warns where something looks wrong, and only there', () => {
  const latest = (values: Record<string, number>) => (name: string) => values[name];
  expect(runWarnings(latest({ loss: 1, grad_norm: 1, frac_reward_zero_std: 0.1, emission_rate: 1 }))).toEqual([]);
  expect(
    runWarnings(latest({ loss: NaN, grad_norm: 1e4, frac_reward_zero_std: 0.95, emission_rate: 0.2 })),
  ).toHaveLength(4);
});

test('explains what goes wrong in stage 2 from how it began and how it stands', () => {
  const ten = (value: number): number[] => new Array<number>(10).fill(value);
  const of = (columns: Record<string, Float64Array>) => (name: string) => trend(columns[name], 0, 19);
  const column = (first: number, recent: number): Float64Array => Float64Array.from([...ten(first), ...ten(recent)]);
  const steady = {
    'completions/mean_length': column(7, 6.5),
    kl: column(0.01, 0.3),
    emission_rate: column(1, 0.97),
    frac_reward_zero_std: column(0.6, 0.7),
  };
  expect(runWarnings(() => undefined, of(steady))).toEqual([]);
  const warned = (name: string, first: number, recent: number): string[] =>
    runWarnings(() => undefined, of({ ...steady, [name]: column(first, recent) }));
  expect(warned('completions/mean_length', 7, 3)).toEqual([expect.stringMatching(/shrunk from 7 to 3 tokens/)]);
  expect(warned('kl', 0.01, 1.5)).toEqual([expect.stringMatching(/1\.50 nats a token/)]);
  expect(warned('emission_rate', 0.98, 0.7)).toEqual([expect.stringMatching(/70.*98/)]);
  expect(warned('emission_rate', 0.98, 0.3)).toEqual([expect.stringMatching(/Only 30/)]);
  expect(warned('frac_reward_zero_std', 0.5, 0.9)).toEqual([expect.stringMatching(/same reward/)]);
  // One update alone shows no trend.
  expect(trend(column(1, 2), 12, 19)).toBeUndefined();
});

test('every group and preset can be put in words', () => {
  for (const { group } of FIELDS) expect(groupSummary(defaultSession, group)).not.toBe('');
  for (const { name } of PRESETS) expect(sessionLines(presetSession(name)!).length).toBeGreaterThan(3);
  const changed = withValue(defaultSession, 'sft.batch_size', 32);
  expect(diffSession(defaultSession, changed).map(changeSentence)).toEqual(['Stage 1: supervised, batch: 64 → 32']);
});

test('a fork is titled by what was changed in it, in no more than a title holds', () => {
  const change = (path: string, from: number, to: number) => ({ path, from, to });
  const changes = [change('task.entities', 32, 48), change('sft.batch_size', 32, 64)];
  expect(forkTitle('Kin, quick', changes.slice(0, 1))).toBe('Kin, quick: entities 32 → 48');
  expect(forkTitle('Kin, quick', changes)).toBe('Kin, quick: entities 32 → 48; stage 1 batch 32 → 64');
  const many = [...changes, change('grpo.steps', 100, 200), change('seed', 1, 2), change('model.hidden_size', 48, 64)];
  expect(forkTitle('Kin, quick', many)).toMatch(/^Kin, quick: entities 32 → 48; .*; [1-4] more$/);
  const long = 'A title that somebody wrote with care and at some length, up to what it may hold';
  expect(forkTitle(long, many)).toMatch(/^A title that .*: 5 changed$/);
  for (const name of ['Kin', 'Kin, quick', long]) expect(forkTitle(name, many).length).toBeLessThanOrEqual(80);
});

test('one arm is above another where the intervals are apart, and never of a few queries', () => {
  const within = (interval: [number, number], queries = 64) => ({
    ...arm(0.5),
    ci95: { ndcg_cut_10: interval },
    queries,
  });
  expect(isAbove(within([0.6, 0.8]), within([0.1, 0.5]))).toBe(true);
  expect(isAbove(within([0.4, 0.8]), within([0.1, 0.5]))).toBe(false);
  expect(isAbove(within([0.6, 0.8], 8), within([0.1, 0.5]))).toBe(false);
});

test('the first page promises only what the session shows', () => {
  expect(sessionPromise(presetSession('kin-quick')!).shows).toMatch(/with its reasoning and without it$/);
  for (const name of ['kin-direct', 'kin-filler']) {
    expect(sessionPromise(presetSession(name)!).shows).not.toContain('with its reasoning');
  }
  expect(['kin-quick', 'kin-rl', 'kin-direct', 'kin-filler'].map((name) => waysOf(presetSession(name)!))).toEqual([
    'both',
    'both',
    'direct',
    'filler',
  ]);
});
