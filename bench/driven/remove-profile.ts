import { rmSync } from 'node:fs';
import { pause } from './lab-page';

const TRIES = 50;
const PAUSE_MS = 200;

/**
 * Removes the folder that a closed browser kept its things in. Its last processes end after its first has and write until
 * then: a folder that was just emptied may be full again, and Node's own retries empty none a second time.
 *
 * @throws what the last try met
 */
export async function removeProfile(profile: string): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      rmSync(profile, { recursive: true, force: true });
      return;
    } catch (error) {
      if (left === 0) throw error;
      await pause(PAUSE_MS);
    }
  }
}
