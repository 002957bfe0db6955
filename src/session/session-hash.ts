import { settingsOf } from '../config/edit-session';
import type { Session } from '../config/session';
import { sameValue } from '../config/session-paths';
import { sha256 } from '../lib/hash';
import { LINK_VERSIONS } from './link-versions';

/**
 * What a run's state is tied to: every setting that is not at the value it had when it came into being. A setting that a
 * later version of the lab adds so leaves the runs that are kept as they are.
 */
export function sessionHash(session: Session): string {
  const changed = settingsOf(session).filter(({ path, value }) => {
    const first = LINK_VERSIONS.map(({ bases }) => bases[0]!.values.get(path)).find((known) => known !== undefined);
    return first === undefined || !sameValue(value, first);
  });
  return sha256(JSON.stringify(changed.map(({ path, value }) => [path, value])));
}
