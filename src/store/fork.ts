import { sameAncestors, type Ancestors } from '../config/ancestors';
import { diffSession } from '../config/edit-session';
import type { Session } from '../config/session';
import type { StoredRun } from '../host/browser/api';
import { useDevice } from './device';
import { usePage } from './page';
import { useRuns } from './runs';
import { panelNow, useSession } from './session';
import { sayUndo } from './toasts';

/** A run that a fork can leave. */
export interface Forked {
  session: Session;
  ancestors: Ancestors;
  /** Of the chain of fingerprints, by step from step 1, as far as they are known. */
  links: readonly (string | undefined)[];
}

/**
 * Where a fork of a run from a step comes from, and the session that it starts with. A step that the run shares with its own
 * parent is left there: the fork is then one of the parent.
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

/** Puts a fork of a run into the panel, to be changed and run. */
export function beginFork(run: Forked, step: number): void {
  const before = panelNow();
  const { session, ancestors } = forkAt(run, step);
  useSession.getState().replace(session, ancestors);
  usePage.getState().show({ opened: null, view: 'run' });
  sayUndo(`A fork from step ${step}: change what goes for the steps after it, then run.`, () =>
    useSession.getState().restore(before),
  );
}

/** The session of the panel stays as it is, and starts by itself. */
export const endFork = (): void => useSession.setState({ ancestors: [] });

/**
 * The kept run of which a fork can begin at once, because its state of that step is there: of the same sessions, on this
 * adapter. Null where the fork repeats its parent's steps first.
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

/** The same, of the runs and the adapter that the page knows now. */
export function keptParentNow(ancestors: Ancestors): string | null {
  const device = useDevice.getState();
  const adapter =
    device.kind === 'ready' ? [device.report.vendor, device.report.architecture].filter(Boolean).join(' ') : '';
  return keptParent(ancestors, useRuns.getState().runs, adapter);
}
