import { checkAncestors, type Ancestor, type Ancestors } from '../config/ancestors';
import { diffSession, settingsOf } from '../config/edit-session';
import { isNames, type LeafValue } from '../settings/leaves';
import { parseSession } from '../config/parse-session';
import type { Session } from '../config/session';
import { leafAt, nest } from '../config/session-paths';
import { InputError } from '../lib/errors';
import { shown } from '../lib/text';
import type { LinkFork } from './link-extras';

/**
 * A fork's ancestors as a link holds them: each by what differs from the one that comes of it.
 * @throws InputError for ancestors that the session is no fork of.
 */
export function writeForks(session: Session, ancestors: Ancestors): LinkFork[] {
  checkAncestors(session, ancestors, 'link');
  return ancestors.map(({ session: parent, step, link }, at) => {
    const changes = diffSession(ancestors[at + 1]?.session ?? session, parent).map(
      ({ path, to }): [string, LinkFork['changes'][string]] => [path, copied(to)],
    );
    return { step, ...(link === '' ? {} : { link }), changes: Object.fromEntries(changes) };
  });
}

function copied(value: LeafValue): LinkFork['changes'][string] {
  if (typeof value !== 'object') return value;
  return isNames(value) ? [...value] : [...value];
}

/** Reads what `writeForks` wrote. @throws InputError in one sentence for anything else. */
export function readForks(session: Session, forks: readonly LinkFork[], where: string): Ancestors {
  const ancestors: Ancestor[] = [];
  let child = session;
  for (const { step, link = '', changes } of [...forks].reverse()) {
    const settings = new Map<string, unknown>(settingsOf(child).map(({ path, value }) => [path, value]));
    for (const [path, value] of Object.entries(changes)) {
      if (!leafAt(path)) throw new InputError(`${where}: ${shown(path)} is no setting, expected those of its parent`);
      settings.set(path, value);
    }
    child = parseSession(nest(settings), `${where}: the parent at step ${step}`);
    ancestors.unshift({ session: child, step, link });
  }
  checkAncestors(session, ancestors, where);
  return ancestors;
}
