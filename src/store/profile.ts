import type { Session } from '../config/session';
import { CancelledError } from '../lib/errors';
import type { SessionProfile } from '../records/profile';
import { askedSlice } from './asked';
import { lab } from './lab';
import { useSession } from './session';

/** A profile on this device, and the session that it is of. */
export interface Profiled {
  session: Session;
  profile: SessionProfile;
}

/** The last profile: where the time of the panel's session goes on this device. */
export const profiles = askedSlice<Profiled>();
export const useProfile = profiles.use;

export async function profileSteps(): Promise<void> {
  const { session } = useSession.getState();
  await profiles.ask(async () => {
    const profile = await lab.ask((client) => client.device.profile(session));
    if (!profile) throw new CancelledError('cancelled');
    return { session, profile };
  });
}

export const cancelProfile = (): Promise<void> => lab.ask((client) => client.device.cancelProfile());
