import { describe, expect, test } from 'vitest';
import { withValue } from '../config/edit-session';
import { presetSession } from '../config/presets';
import type { StoredRun } from '../host/browser/api';
import type { ArmResult } from '../records/records';
import { entryEstimate, EVERY_RUN, runEntries, seedsProgress, tagsOf, tasksOf, type RunEntry } from './run-entries';

const kin = presetSession('kin-quick')!;
const result = (ndcg: number): ArmResult => ({
  ndcg_cut_10: ndcg,
  recall_100: 1,
  recip_rank_cut_10: 1 - ndcg,
  map: 1,
  success_1: 1,
  ci95: {},
  by_depth: {},
  queries: 64,
});

interface Given {
  seed?: number;
  group?: string;
  size?: number;
  ndcg?: number;
  created?: number;
  tags?: string[];
  state?: StoredRun['state'];
  session?: typeof kin;
}

function stored(id: string, given: Given = {}): StoredRun {
  const { seed = 1, group = null, size = 0, ndcg, created = 0, tags = [], session = kin } = given;
  return {
    id,
    title: '',
    notes: '',
    tags,
    bytes: 1,
    created,
    updated: created,
    state: given.state ?? 'finished',
    error: null,
    run: {
      session: withValue(session, 'seed', seed),
      totalSteps: 480,
      plan: null,
      checkpoints: [],
      spentMs: 0,
      adapter: '',
      evaluation: ndcg === undefined ? null : { test: { reasoning: result(ndcg) } },
      fingerprint: null,
      numerics: 1,
      claim: null,
      ancestors: [],
      group,
      groupSize: size,
      curve: [],
    },
  };
}

const names = (entries: RunEntry[]): string[] =>
  entries.map((entry) =>
    entry.kind === 'run' ? entry.stored.id : `[${entry.group.runs.map(({ id }) => id).join(' ')}]`,
  );

describe('the list of runs', () => {
  const three = (seed: number, more: Given = {}): Given => ({ seed, group: 'g', size: 3, ...more });

  test('seeds that were started together are one line, by seed, with what is done, goes on and never ran', () => {
    const runs = [stored('b', three(2, { state: 'held' })), stored('x'), stored('a', three(1, { ndcg: 0.8 }))];
    const entries = runEntries(runs, EVERY_RUN);
    expect(names(entries)).toEqual(['[a b]', 'x']);
    const [first] = entries;
    if (first?.kind !== 'seeds') throw new Error('one line was expected');
    expect([first.group.name, first.group.missing]).toEqual(['Kin, quick', [3]]);
    expect(seedsProgress(first.group)).toBe('1 of 3 seeds finished, seed 2 goes on');
    expect(entryEstimate(first, 'ndcg_cut_10')).toMatchObject({ mean: 0.8, runs: 1, deviation: null });
  });

  test('a group of another session, or of one run that nobody said more of, stands alone', () => {
    const other = withValue(kin, 'sft.batch_size', 16);
    expect(names(runEntries([stored('a', { group: 'g' }), stored('b', { group: 'g', session: other })], EVERY_RUN))).toEqual(['a', 'b']); // prettier-ignore
  });

  test('is narrowed by words, tag and task, and ordered by any metric, with what has none at the end', () => {
    const atlas = presetSession('text')!;
    const runs = [
      stored('old', { created: 1, ndcg: 0.9, tags: ['paper'] }),
      stored('none', { created: 2 }),
      stored('new', { created: 3, ndcg: 0.5, session: atlas, tags: ['paper', 'big'] }),
    ];
    const asked = (query: object): string[] => names(runEntries(runs, { ...EVERY_RUN, ...query }));
    expect(asked({})).toEqual(['new', 'none', 'old']);
    expect(asked({ order: 'best' })).toEqual(['old', 'new', 'none']);
    expect(asked({ order: 'best', metric: 'recip_rank_cut_10' })).toEqual(['new', 'old', 'none']);
    expect(asked({ order: 'worst' })).toEqual(['new', 'old', 'none']);
    expect(asked({ tag: 'paper', order: 'oldest' })).toEqual(['old', 'new']);
    expect(asked({ task: kin.task.name })).toEqual(['none', 'old']);
    expect(asked({ text: 'BIG pap' })).toEqual(['new']);
    expect([tagsOf(runs), tasksOf(runs)]).toEqual([['big', 'paper'], [atlas.task.name, kin.task.name].sort()]);
  });
});
