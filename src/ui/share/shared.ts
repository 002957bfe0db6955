import { sameAncestors } from '../../config/ancestors';
import { usePage } from '../../store/page';
import { useRun, type ShownRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { changesFrom, type SessionState } from '../../store/session';
import type { OpenedLink } from '../../store/shared-session';

type Panel = Pick<SessionState, 'session' | 'ancestors'>;

/** The user's selection in a run of `ran`, for the panel's link; nothing where the two sessions differ. */
export function heldSelection(
  { session, ancestors }: Panel,
  run: ShownRun,
  { step, query, completion }: Pick<ReturnType<typeof useSelection.getState>, 'step' | 'query' | 'completion'>,
): Pick<OpenedLink, 'selection'> {
  if (step === null || run.status === 'ready' || changesFrom(run.session, session).length > 0) return {};
  if (!sameAncestors(run.ancestors, ancestors)) return {};
  if (query === null) return { selection: { step } };
  return { selection: { step, query, ...(completion === null ? {} : { completion }) } };
}

/** The content of the page's address: the session and, while it is unchanged, whatever came with it in the link. */
export function addressOf({ session, ancestors }: Panel): OpenedLink {
  const { arrived } = usePage.getState();
  const isLinks =
    arrived !== null &&
    changesFrom(arrived.session, session).length === 0 &&
    sameAncestors(arrived.ancestors ?? [], ancestors);
  const held = heldSelection({ session, ancestors }, useRun.getState(), useSelection.getState());
  return { ...(isLinks ? arrived : {}), ...held, session, ancestors };
}
