import type { Ancestors } from '../config/ancestors';
import type { Session } from '../config/session';
import type { Claim } from '../records/claim';

/** What a link brought: the link codec's own shape, which the store may not import. */
export interface OpenedLink {
  session: Session;
  /** What the sender looks at; of it the page keeps the step, the query and the completion. */
  selection?: { step?: number; query?: string; completion?: number };
  claim?: Claim;
  /** What it is a fork of, the oldest first. */
  ancestors?: Ancestors;
}
