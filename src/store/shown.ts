import { useMemo } from 'react';
import type { Session } from '../config/session';
import { usePage } from './page';
import { isLive, useRun, type RunState } from './run';
import { changesFrom, useSession } from './session';

/**
 * Whether the screens show the run on the page. One that goes on is always shown, whatever is edited for the next; one that
 * has ended only while the panel holds its session: another that was chosen, changed or opened has not run yet, and the
 * last run's numbers are not its own.
 * @param opened whether a link waits for an answer
 */
export function isRunShown(
  { status, session: ran, askedFor }: Pick<RunState, 'status' | 'session' | 'askedFor'>,
  session: Session,
  opened: boolean,
): boolean {
  if (ran === null) return false;
  if (isLive(status)) return true;
  const isSame = (one: Session | null): boolean => one !== null && changesFrom(one, session).length === 0;
  return !opened && (isSame(ran) || isSame(askedFor));
}

/** As things stand, outside React. */
export const runShownNow = (): boolean =>
  isRunShown(useRun.getState(), useSession.getState().session, usePage.getState().opened !== null);

export function useRunShown(): boolean {
  const status = useRun((state) => state.status);
  const ran = useRun((state) => state.session);
  const askedFor = useRun((state) => state.askedFor);
  const session = useSession((state) => state.session);
  const opened = usePage((state) => state.opened !== null);
  return useMemo(
    () => isRunShown({ status, session: ran, askedFor }, session, opened),
    [status, ran, askedFor, session, opened],
  );
}
