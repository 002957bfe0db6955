import { expect, test } from 'vitest';
import { guideStep, type GuideSight } from './guide';

const START: GuideSight = {
  view: 'run',
  run: null,
  writes: true,
  hasTraces: false,
  firstEvaluation: 210,
  parted: null,
  chartShown: false,
  tokenTaken: false,
  answers: true,
  answered: false,
  shareOpen: false,
};
const GOING: GuideSight = { ...START, run: 'going' };
const PARTED: GuideSight = { ...GOING, hasTraces: true, parted: { step: 240, reasoning: 0.7, other: 0.1 } };

test('the guide waits for a run, then for curves that part and that were looked at', () => {
  expect(guideStep('run', START)).toBe('run');
  expect(guideStep('run', GOING)).toBe('curves');
  expect(guideStep('curves', { ...GOING, chartShown: true })).toBe('curves');
  expect(guideStep('curves', PARTED)).toBe('curves');
  expect(guideStep('curves', { ...PARTED, chartShown: true })).toBe('traces');
  expect(guideStep('curves', { ...PARTED, view: 'search' })).toBe('traces');
  // Curves that never part hold nobody up.
  expect(guideStep('curves', { ...GOING, run: 'over', chartShown: true })).toBe('search');
});

test('what was done already is behind, and what a run cannot show is left out', () => {
  expect(guideStep('traces', PARTED)).toBe('traces');
  expect(guideStep('traces', { ...PARTED, tokenTaken: true, answered: true })).toBe('share');
  expect(guideStep('traces', { ...PARTED, writes: false })).toBe('search');
  expect(guideStep('search', { ...PARTED, run: 'over', answers: false })).toBe('share');
  expect(guideStep('share', { ...PARTED, shareOpen: true })).toBe('end');
});

test('without a run it stands where it was left', () => {
  expect(guideStep('search', { ...START, answered: true })).toBe('search');
  expect(guideStep('end', GOING)).toBe('end');
});
