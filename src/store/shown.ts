import { sameAncestors, type Ancestors } from '../config/ancestors';
import type { Session } from '../config/session';
import { usePage } from './page';
import { isLive, useRun, type ShownRun } from './run';
import { changesFrom, useSession } from './session';

/**
 * Whether the screens show the run on the page. A running one is always shown, even while the next session is edited;
 * an ended one only while the panel holds its session, because the numbers of another session are not its own.
 * @param opened whether a link waits for the user's answer @param forkOf the ancestors of the panel's session
 */
export function isRunShown(run: ShownRun, session: Session, opened: boolean, forkOf: Ancestors): boolean {
  if (run.status === 'ready') return false;
  if (isLive(run.status)) return true;
  if (!sameAncestors(run.ancestors, forkOf)) return false;
  const isSame = (one: Session): boolean => changesFrom(one, session).length === 0;
  return !opened && (isSame(run.session) || isSame(run.askedFor));
}

/** `isRunShown` of the current state, outside React. */
export function runShownNow(): boolean {
  const { session, ancestors } = useSession.getState();
  return isRunShown(useRun.getState(), session, usePage.getState().opened !== null, ancestors);
}

export function useRunShown(): boolean {
  const session = useSession((state) => state.session);
  const forkOf = useSession((state) => state.ancestors);
  const opened = usePage((state) => state.opened !== null);
  return useRun((run) => isRunShown(run, session, opened, forkOf));
}
