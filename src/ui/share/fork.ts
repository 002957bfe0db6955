import type { Session } from '../../config/session';
import { changesFrom, useSession } from '../../store/session';
import { forkTitle } from '../../view/session-words';
import { cardTitle } from './card-title';

/** The session that is followed, and the title it was given last. */
let following: { base: Session; given: string } | null = null;

/**
 * Keeps the session's title a list of what was changed in it, until the user types another or loads another session.
 */
export function fork(base: Session): void {
  following = { base, given: base.title };
}

/** Called once by the page. */
export function watchForks(): void {
  useSession.subscribe(({ session, edit }, before) => {
    if (!following || session === before.session) return;
    const { base, given } = following;
    if (session.title !== given) {
      following = null;
      return;
    }
    const changes = changesFrom(base, session);
    const title = changes.length === 0 ? base.title : forkTitle(cardTitle(base), changes);
    following = { base, given: title };
    if (title !== session.title) edit('title', title);
  });
}
