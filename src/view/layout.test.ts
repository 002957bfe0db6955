import { describe, expect, test } from 'vitest';
import type { SearchHit } from '../host/browser/api';
import { toCsv } from './csv';
import { filterBy, matchScore } from './filter';
import { spreadLabels } from './line-labels';
import { isWanted, metricGroups, metricInfo } from './metrics';
import { rankLinks, withBeyond } from './rank-links';
import { placeOf, stepWords } from '../config/stages';
import { stepped } from './stepped';
import { marksPath, shareOf, stepAt, timelinePath, timelineStages } from './timeline-layout';

const hit = (document: number, relevant = false): SearchHit => ({
  document,
  id: String(document),
  text: '',
  group: '',
  score: 0,
  relevant,
});

test('lines join the documents that both rankings hold', () => {
  const left = withBeyond([hit(4), hit(7, true), hit(1)], 2, []);
  const right = withBeyond([hit(7, true), hit(9), hit(4)], 1, []);
  expect(rankLinks(left, right)).toEqual([
    { document: 4, from: 0, to: 2, relevant: false },
    { document: 7, from: 1, to: 0, relevant: true },
  ]);
});

test('a right document below the rows is added from the other ranking, with its place', () => {
  const rows = withBeyond([hit(1), hit(2)], 12, [hit(7, true)]);
  expect(rows.map(({ hit: { document }, place }) => [document, place])).toEqual([
    [1, 1],
    [2, 2],
    [7, 12],
  ]);
  expect(withBeyond([hit(1)], null, [hit(7, true)])).toHaveLength(1);
  expect(withBeyond([hit(7, true)], 1, [hit(7, true)])).toHaveLength(1);
});

test('labels move apart and stay between the ends', () => {
  expect(spreadLabels([10, 12, 50], 15, 0, 100)).toEqual([10, 25, 50]);
  expect(spreadLabels([98, 99], 15, 0, 100)).toEqual([85, 100]);
  expect(spreadLabels([], 15, 0, 100)).toEqual([]);
});

describe('finding', () => {
  test('a name counts more than what is said about it', () => {
    const items = [
      { label: 'Kin, quick', about: 'learned in a minute' },
      { label: 'Stage 1, learning rate', about: 'peak step size' },
    ];
    expect(filterBy(items, 'learn').map(({ label }) => label)).toEqual(['Stage 1, learning rate', 'Kin, quick']);
    expect(filterBy(items, '')).toHaveLength(2);
    expect(filterBy(items, 'zzz')).toEqual([]);
  });
  test('every word must be there; letters in order are enough', () => {
    expect(matchScore('rate learn', 'learning rate')).not.toBeNull();
    expect(matchScore('lrt', 'learning rate')).not.toBeNull();
    expect(matchScore('lrt', 'learning rate', false)).toBeNull();
    expect(matchScore('rate depth', 'learning rate')).toBeNull();
  });
});

describe('arrow keys', () => {
  const whole = { kind: 'integer' as const, min: 0, max: 1000, step: 50, geometric: false };
  const factor = { kind: 'number' as const, min: 0, max: 1, step: 2, geometric: true };
  test.each([
    [150, 1, whole, 200],
    [170, 1, whole, 200],
    [170, -1, whole, 150],
    [0, -1, whole, 0],
    [1000, 1, whole, 1000],
    [0.004, 1, factor, 0.008],
    [0.004, -1, factor, 0.002],
    [0.9, 1, factor, 1],
  ] as const)('%d by %d', (value, direction, control, expected) => {
    expect(stepped(value, direction, control)).toBe(expected);
  });
  test('no dust', () => {
    expect(stepped(0.3, 1, { kind: 'number', min: 0, max: 1, step: 0.1, geometric: false })).toBe(0.4);
  });
});

test('CSV quotes what needs it and leaves gaps empty', () => {
  expect(toCsv(['step', 'a "b"'], [[1, 2], [0.1, NaN]])).toBe('step,"a ""b"""\r\n1,0.1\r\n2,'); // prettier-ignore
});

test('charts stand in groups, the best known of each first, and are found by title, key and meaning', () => {
  const names = ['loss', 'loss/sft', 'x', 'reward', 'entropy', 'learning_rate', 'grad_norm', 'kl', 'refresh/age_max'];
  expect(metricGroups(names).map(({ id, names: own }) => [id, ...own])).toEqual([
    ['rl', 'kl', 'entropy'],
    ['refresh', 'refresh/age_max'],
    ['optimiser', 'grad_norm', 'learning_rate'],
    ['other', 'x'],
  ]);
  const { label, meaning } = metricInfo('grad_norm');
  const found = (query: string): boolean => isWanted(query, label, 'grad_norm', meaning);
  expect(['', 'GRAD', 'clip gradient', 'grad_n'].every(found)).toBe(true);
  expect(found('gradient reward')).toBe(false);
});

describe('the timeline', () => {
  test('has at most one tick a pixel', () => {
    expect(marksPath([0, 2, 16, 21, 90], (step) => step / 10, '5v4')).toBe('M0 5v4M2 5v4M9 5v4');
    expect(marksPath([], (step) => step, '5v4')).toBe('');
  });

  test('reads of many steps a few, whatever their number', () => {
    let read = 0;
    const steps = { length: 100_000, at: (place: number) => (read++, place + 1) };
    expect(marksPath(steps, (step) => shareOf(step, 100_000) * 50, '5v4').match(/M/g)).toHaveLength(51);
    expect(read).toBeLessThan(1000);
  });

  const plans = [
    { stage: 'pretrain' as const, firstStep: 1, steps: 10 },
    { stage: 'sft' as const, firstStep: 11, steps: 10 },
  ];
  test('steps and shares of its width undo each other', () => {
    for (let step = 1; step <= 20; step++) expect(stepAt(shareOf(step, 20), 20)).toBe(step);
    expect(shareOf(1, 1)).toBe(0);
  });
  test('a step is found in its stage', () => {
    expect(placeOf(plans, 11)).toEqual({ plan: plans[1], step: 1 });
    expect(placeOf(plans, 10)?.step).toBe(10);
    expect(placeOf([], 3)).toBeUndefined();
  });
  test('a step is told in its run and in its stage, and once where they are the same', () => {
    expect(stepWords(plans, 12)).toBe('step 12 of 20 · stage 1, step 2 of 10');
    expect(stepWords(plans.slice(0, 1), 3)).toBe('step 3 of 10');
  });
  test('each stage is a line of its own', () => {
    const steps = Float64Array.from({ length: 20 }, (_, at) => at + 1);
    const size = { width: 100, top: 0, bottom: 10, total: 20 };
    const path = timelinePath(
      steps,
      steps.map((step) => 1 / step),
      timelineStages(plans, 20),
      size,
    );
    expect(path.match(/M/g)).toHaveLength(2);
    expect(path).not.toContain('NaN');
  });
});
