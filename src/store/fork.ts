import { sameAncestors, type Ancestors } from '../config/ancestors';
import { diffSession } from '../config/edit-session';
import type { Session } from '../config/session';
import type { StoredRun } from '../host/browser/api';
import { useDevice } from './device';
import { usePage } from './page';
import { useRuns } from './runs';
import { panelNow, useSession } from './session';
import { sayUndo } from './toasts';

/** A run that can be forked. */
export interface Forked {
  session: Session;
  ancestors: Ancestors;
  /** Links of the fingerprint by step, from step 1, as far as they are known. */
  links: readonly (string | undefined)[];
}

/**
 * The ancestors and the first session of a fork of a run at a step. At a step that the run shares with its own parent,
 * the fork is one of the parent.
 */
export function forkAt(
  { session, ancestors, links }: Forked,
  step: number,
): { session: Session; ancestors: Ancestors } {
  const at = ancestors.findIndex((from) => step <= from.step);
  const parent = ancestors[at]?.session ?? session;
  const before = at < 0 ? ancestors : ancestors.slice(0, at);
  return { session: parent, ancestors: [...before, { session: parent, step, link: links[step - 1] ?? '' }] };
}

/** Puts a fork of a run into the panel, where it can be changed and run. */
export function beginFork(run: Forked, step: number): void {
  const before = panelNow();
  const { session, ancestors } = forkAt(run, step);
  useSession.getState().replace(session, ancestors);
  usePage.getState().show({ opened: null, view: 'run' });
  sayUndo(`A fork from step ${step}: change what goes for the steps after it, then run.`, () =>
    useSession.getState().restore(before),
  );
}

/** Makes the panel's session no fork: it stays as it is, and starts from step 1. */
export const endFork = (): void => useSession.setState({ ancestors: [] });

/**
 * The kept run from whose state a fork can begin at once: with the same sessions, a state of that step, and on this
 * adapter. Null where the fork has to repeat its parent's steps first.
 */
export function keptParent(ancestors: Ancestors, runs: readonly StoredRun[] | null, adapter: string): string | null {
  const from = ancestors.at(-1);
  if (!from) return null;
  const found = runs?.find(
    ({ run }) =>
      run !== null &&
      run.adapter === adapter &&
      run.checkpoints.slice(-2).includes(from.step) &&
      diffSession(run.session, from.session).every(({ path }) => path === 'title') &&
      sameAncestors(run.ancestors, ancestors.slice(0, -1)),
  );
  return found?.id ?? null;
}

/** `keptParent` of the runs and the adapter that the page knows now. */
export function keptParentNow(ancestors: Ancestors): string | null {
  const device = useDevice.getState();
  const adapter =
    device.kind === 'ready' ? [device.report.vendor, device.report.architecture].filter(Boolean).join(' ') : '';
  return keptParent(ancestors, useRuns.getState().runs, adapter);
}
