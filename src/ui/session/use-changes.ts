import { useMemo } from 'react';
import type { SessionChange } from '../../config/edit-session';
import { sessionStart, changesFrom, useSession } from '../../store/session';

/** The changes of the session in the panel against its preset, or a fork's against its parent. */
export function useChanges(): SessionChange[] {
  const session = useSession((state) => state.session);
  const preset = useSession((state) => state.preset);
  const ancestors = useSession((state) => state.ancestors);
  return useMemo(() => changesFrom(sessionStart({ preset, ancestors }), session), [preset, ancestors, session]);
}
