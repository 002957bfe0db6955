import type { Session } from '../../config/session';
import { usePage } from '../../store/page';
import { useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { changesFrom } from '../../store/session';
import type { SharedSession } from '../../store/shared-session';

/** The step somebody took hold of, as a link's selection, where the run is one of this session. */
export function heldSelection(session: Session): Pick<SharedSession, 'selection'> {
  const { step } = useSelection.getState();
  const ran = useRun.getState().session;
  return step !== null && ran && changesFrom(ran, session).length === 0 ? { selection: { step } } : {};
}

/** What the address of the page holds: with the session, whatever came with it in the link while it is unchanged. */
export function addressOf(session: Session): SharedSession {
  const { arrived } = usePage.getState();
  const isLinks = arrived !== null && changesFrom(arrived.session, session).length === 0;
  return { ...(isLinks ? arrived : {}), ...heldSelection(session), session };
}
