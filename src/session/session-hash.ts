import type { Ancestors } from '../config/ancestors';
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

/** The same of a fork: a state belongs to the sessions that it has gone by too. */
export function runHash(session: Session, ancestors: Ancestors): string {
  if (ancestors.length === 0) return sessionHash(session);
  const from = ancestors.map((ancestor) => [ancestor.step, sessionHash(ancestor.session)]);
  return sha256(JSON.stringify([sessionHash(session), ...from]));
}
