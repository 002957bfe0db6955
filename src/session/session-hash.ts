import type { Ancestors } from '../config/ancestors';
import { settingsOf } from '../config/edit-session';
import { withoutParts } from '../config/micro-batches';
import type { Session } from '../config/session';
import { leafAt, sameValue } from '../config/session-paths';
import { sha256 } from '../lib/hash';
import { LINK_VERSIONS } from './link-versions';

/**
 * The hash that ties a run's state to its session: it covers every setting that is not at the value it had when it was
 * added. A setting that a later version of the lab adds in this way leaves the hashes of kept runs as they are.
 */
export function sessionHash(session: Session): string {
  const changed = settingsOf(session).filter(({ path, value }) => {
    const first = LINK_VERSIONS.map(({ bases }) => bases[0]!.values.get(path)).find((known) => known !== undefined);
    return !sameValue(value, first ?? leafAt(path)?.leaf.initial);
  });
  return sha256(JSON.stringify(changed.map(({ path, value }) => [path, value])));
}

/**
 * The same of a fork: a state belongs to the sessions that it has gone by too. In how many parts steps are computed makes no
 * difference: a run continues in more where the device has no room for fewer.
 */
export function runHash(asked: Session, from: Ancestors): string {
  const { session, ancestors } = withoutParts({ session: asked, ancestors: from });
  if (ancestors.length === 0) return sessionHash(session);
  const parents = ancestors.map((ancestor) => [ancestor.step, sessionHash(ancestor.session)]);
  return sha256(JSON.stringify([sessionHash(session), ...parents]));
}
