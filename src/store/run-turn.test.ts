import { expect, test } from 'vitest';
import { defaultSession } from '../config/session';
import { plainFailure } from '../lib/errors';
import type { Ran, ShownRun } from './run';
import { turned, type Turn } from './run-turn';

const session = defaultSession;
const ran: Ran = { name: 'a run', session, ancestors: [], askedFor: session, plan: null, numerics: 1, claim: null, spentMs: 5, noRoom: null }; // prettier-ignore
const error = plainFailure('lost');

const STANDINGS: Exclude<ShownRun, { status: 'ready' }>[] = [
  { ...ran, status: 'preparing', elsewhere: true, reading: { kind: 'base', done: 1, of: 2 } },
  { ...ran, status: 'running', elsewhere: true, runningSince: 100 },
  { ...ran, status: 'paused', elsewhere: true },
  { ...ran, status: 'finished', result: null },
  { ...ran, status: 'stopped' },
  { ...ran, status: 'failed', error },
  { ...ran, status: 'interrupted', error: null },
];
const TURNS: [Turn, string[]][] = [
  [{ status: 'preparing' }, ['elsewhere', 'reading']],
  [{ status: 'running' }, ['elsewhere', 'runningSince']],
  [{ status: 'paused' }, ['elsewhere']],
  [{ status: 'stopped' }, []],
  [{ status: 'finished', result: null }, ['result']],
  [{ status: 'failed', error }, ['error']],
  [{ status: 'interrupted', error: null }, ['error']],
];

test('from every standing to every other one, a run has what belongs to the new one and nothing of the old', () => {
  for (const before of STANDINGS) {
    for (const [turn, own] of TURNS) {
      const after = turned(before, turn, 130);
      expect(Object.keys(after).sort()).toEqual([...Object.keys(ran), 'status', ...own].sort());
      expect(after).toMatchObject({ ...ran, ...turn, spentMs: before.status === 'running' ? 35 : 5 });
    }
  }
});

test('the worker’s clock is the one that is kept, and another tab’s run stays its own', () => {
  const [, running, paused] = STANDINGS;
  expect(turned(running!, { status: 'paused' }, 130, 27)).toMatchObject({ spentMs: 27, elsewhere: true });
  expect(turned(paused!, { status: 'running' }, 130)).toMatchObject({ runningSince: 130, elsewhere: true });
});
