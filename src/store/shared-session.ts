import type { Ancestors } from '../config/ancestors';
import type { Session } from '../config/session';
import type { Claim } from '../records/claim';

/**
 * An opened link: its session, its claim, and what it points at. The shape is the link codec's, which the store may not
 * import.
 */
export interface OpenedLink {
  session: Session;
  /** What the sender was looking at, of which the page shows the step, the query and the completion. */
  selection?: { step?: number; query?: string; completion?: number };
  claim?: Claim;
  /** The ancestors of a fork, the oldest first. */
  ancestors?: Ancestors;
}
