import { beforeEach, expect, test } from 'vitest';
import { applySettings } from '../config/edit-session';
import type { RunSummary, StoredRun } from '../host/browser/api';
import { endFork, forkAt, keptParent } from './fork';
import { sessionStart, panelProblems, presetOf, useSession } from './session';

const parent = presetOf('kin-quick');
const child = applySettings(parent, ['sft.learning_rate=0.001']);
const links = Array.from({ length: 300 }, (_, at) => `link ${at + 1}`);

beforeEach(() => useSession.getState().replace(parent));

test('a fork comes from its run, or from what the run shares its steps with', () => {
  const own = { session: parent, ancestors: [], links };
  expect(forkAt(own, 210)).toEqual({
    session: parent,
    ancestors: [{ session: parent, step: 210, link: 'link 210' }],
  });
  const fork = { session: child, ancestors: [{ session: parent, step: 210, link: 'x' }], links };
  expect(forkAt(fork, 220)).toEqual({
    session: child,
    ancestors: [...fork.ancestors, { session: child, step: 220, link: 'link 220' }],
  });
  // Up to the fork its steps are the parent's.
  for (const step of [210, 100]) {
    expect(forkAt(fork, step)).toEqual({
      session: parent,
      ancestors: [{ session: parent, step, link: `link ${step}` }],
    });
  }
});

test('a fork begins at once where its parent kept the state, on this adapter', () => {
  const { ancestors } = forkAt({ session: parent, ancestors: [], links }, 210);
  const stored = (run: Partial<RunSummary>): StoredRun[] => [
    {
      ...{ id: 'a run', title: '', notes: '', tags: [], bytes: 1, created: 1, updated: 1 },
      state: 'finished',
      error: null,
      run: {
        session: { ...parent, title: 'mine' },
        ancestors: [],
        adapter: 'here',
        checkpoints: [100, 210, 300],
        totalSteps: 480,
        plan: null,
        spentMs: 0,
        evaluation: null,
        fingerprint: null,
        numerics: 1,
        claim: null,
        group: null,
        groupSize: 0,
        curve: [],
        ...run,
      },
    },
  ];
  expect(keptParent(ancestors, stored({}), 'here')).toBe('a run');
  expect(keptParent(ancestors, stored({}), 'elsewhere')).toBeNull();
  expect(keptParent(ancestors, stored({ checkpoints: [210, 300, 400] }), 'here')).toBeNull();
  expect(keptParent(ancestors, stored({ session: child }), 'here')).toBeNull();
  expect(keptParent(ancestors, stored({ ancestors }), 'here')).toBeNull();
  expect(keptParent([], stored({}), 'here')).toBeNull();
});

test('a fork in the panel is counted against its parent, and what it may not change stands among its problems', () => {
  const { replace, edit, reset, loadPreset } = useSession.getState();
  replace(child, [{ session: child, step: 210, link: '' }]);
  expect(sessionStart(useSession.getState())).toBe(child);
  edit('sft.learning_rate', 0.002);
  edit('seed', 7);
  const { session, ancestors } = useSession.getState();
  expect(panelProblems(session, ancestors).map(({ path }) => path)).toEqual(['seed']);
  expect(panelProblems(session, [])).toEqual([]);
  reset('seed');
  expect(useSession.getState().session.seed).toBe(child.seed);
  endFork();
  expect(useSession.getState().ancestors).toEqual([]);
  replace(child, [{ session: child, step: 210, link: '' }]);
  loadPreset('kin');
  expect(useSession.getState().ancestors).toEqual([]);
});
