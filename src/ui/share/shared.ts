import type { Session } from '../../config/session';
import { usePage } from '../../store/page';
import { useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { changesFrom } from '../../store/session';
import type { SharedSession } from '../../store/shared-session';

/** What somebody took hold of, as a link's selection, where the run is one of this session. */
export function heldSelection(session: Session): Pick<SharedSession, 'selection'> {
  const { step, query, completion } = useSelection.getState();
  const ran = useRun.getState().session;
  if (step === null || !ran || changesFrom(ran, session).length > 0) return {};
  if (query === null) return { selection: { step } };
  return { selection: { step, query, ...(completion === null ? {} : { completion }) } };
}

/** What the address of the page holds: with the session, whatever came with it in the link while it is unchanged. */
export function addressOf(session: Session): SharedSession {
  const { arrived } = usePage.getState();
  const isLinks = arrived !== null && changesFrom(arrived.session, session).length === 0;
  return { ...(isLinks ? arrived : {}), ...heldSelection(session), session };
}
