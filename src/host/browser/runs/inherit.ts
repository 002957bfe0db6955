import { sameAncestors } from '../../../config/ancestors';
import { runHash } from '../../../session/session-hash';
import { readRunState } from '../../../training/run-state-file';
import type { RunState } from '../../../training/session-run';
import type { KeptRun } from './kept-run';
import { JOURNAL_NAMES, WRITING_ORDER } from '../../../runs/journal-files';
import { type JournalIndex } from './journal';
import type { RunStore } from './run-store';
import { Slots } from './slots';

/**
 * Lets a fork begin from its parent's kept state of that step, with everything that the parent recorded up to it. A run
 * keeps its last two states.
 * @param parent the kept run that it is a fork of.
 * @returns the state to continue from; null where it is not kept, so that the fork repeats its parent's steps first.
 */
export async function inherit(store: RunStore, fork: KeptRun, parent: string): Promise<RunState | null> {
  const ancestors = fork.about.ancestors ?? [];
  const from = ancestors.at(-1);
  if (!from) return null;
  const { session, ancestors: before = [], adapter } = await store.fileOf(parent);
  // Another adapter's bits are no run that could be repeated here.
  if (adapter !== fork.about.adapter) return null;
  if (!sameAncestors([...before, { ...from, session }], ancestors)) return null;
  const hash = runHash(session, before);
  for (const bytes of await new Slots(await store.folderOf(parent), 'state').readAll()) {
    const state = readRunState(bytes, hash, 'state');
    if (state.step !== from.step) continue;
    await copyRecords(await store.journals(parent), fork, state.step);
    // Where there is no room for it nothing is kept, and the fork repeats the steps.
    await fork.saveState(state);
    return fork.restore();
  }
  return null;
}

async function copyRecords(journals: JournalIndex, fork: KeptRun, last: number): Promise<void> {
  // The graph that stage 2 begins with, where it begins after this step: the fork links its own.
  const isStart = journals.steps('graph-start').includes(last);
  const ranges = JOURNAL_NAMES.flatMap((name) =>
    journals
      .steps(name)
      .filter((step) => step <= last && !(isStart && step === last && (name === 'graph-start' || name === 'positions')))
      .map((step) => ({ name, step })),
  );
  ranges.sort((a, b) => a.step - b.step || WRITING_ORDER.indexOf(a.name) - WRITING_ORDER.indexOf(b.name));
  for (const { name, step } of ranges) fork.copy(name, step, await journals.read(name, step));
}
