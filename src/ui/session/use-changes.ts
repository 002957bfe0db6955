import { useMemo } from 'react';
import type { SessionChange } from '../../config/edit-session';
import { changesFrom, presetOf, useSession } from '../../store/session';

/** What the session in the panel changes in its preset. */
export function useChanges(): SessionChange[] {
  const session = useSession((state) => state.session);
  const preset = useSession((state) => state.preset);
  return useMemo(() => changesFrom(presetOf(preset), session), [preset, session]);
}
