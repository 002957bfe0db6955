import type { Session } from '../../config/session';
import { usePage } from '../../store/page';
import { useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { changesFrom } from '../../store/session';
import type { SharedSession } from '../../store/shared-session';

/** What somebody took hold of in a run of `ran`, as a selection of `session`'s link; nothing where they differ. */
export function heldSelection(
  session: Session,
  ran: Session | null,
  { step, query, completion }: Pick<ReturnType<typeof useSelection.getState>, 'step' | 'query' | 'completion'>,
): Pick<SharedSession, 'selection'> {
  if (step === null || !ran || changesFrom(ran, session).length > 0) return {};
  if (query === null) return { selection: { step } };
  return { selection: { step, query, ...(completion === null ? {} : { completion }) } };
}

/** What the address of the page holds: with the session, whatever came with it in the link while it is unchanged. */
export function addressOf(session: Session): SharedSession {
  const { arrived } = usePage.getState();
  const isLinks = arrived !== null && changesFrom(arrived.session, session).length === 0;
  const held = heldSelection(session, useRun.getState().session, useSelection.getState());
  return { ...(isLinks ? arrived : {}), ...held, session };
}
