import { create } from 'zustand';
import type { Session } from '../config/session';
import { CancelledError } from '../lib/errors';
import type { SessionProfile } from '../records/profile';
import { IDLE, latest, withoutError, type Asked } from './asked';
import { lab } from './lab';
import { useSession } from './session';

/** What was profiled on this device, and of which session. */
export interface Profiled {
  session: Session;
  profile: SessionProfile;
}

interface ProfileState {
  asked: Asked<Profiled>;
  closeError: () => void;
}

/** Where the time of the panel's session goes on this device, as it was asked for the last time. */
export const useProfile = create<ProfileState>()((set) => ({
  asked: IDLE,
  closeError: () => set(({ asked }) => ({ asked: withoutError(asked) })),
}));

const profiles = latest<Profiled>(
  () => useProfile.getState().asked,
  (asked) => useProfile.setState({ asked }),
);

export async function profileSteps(): Promise<void> {
  const { session } = useSession.getState();
  await profiles.ask(async () => {
    const profile = await lab.ask((client) => client.device.profile(session));
    if (!profile) throw new CancelledError('cancelled');
    return { session, profile };
  });
}

export const cancelProfile = (): Promise<void> => lab.ask((client) => client.device.cancelProfile());
