import { sameAncestors } from '../../config/ancestors';
import { usePage } from '../../store/page';
import { useRun, type ShownRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { changesFrom, type SessionState } from '../../store/session';
import type { OpenedLink } from '../../store/shared-session';

type Panel = Pick<SessionState, 'session' | 'ancestors'>;

/** What somebody took hold of in a run of `ran`, as a selection of the panel's link; nothing where they differ. */
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

/** What the address of the page holds: with the session, whatever came with it in the link while it is unchanged. */
export function addressOf({ session, ancestors }: Panel): OpenedLink {
  const { arrived } = usePage.getState();
  const isLinks =
    arrived !== null &&
    changesFrom(arrived.session, session).length === 0 &&
    sameAncestors(arrived.ancestors ?? [], ancestors);
  const held = heldSelection({ session, ancestors }, useRun.getState(), useSelection.getState());
  return { ...(isLinks ? arrived : {}), ...held, session, ancestors };
}
