import type { PartialSession } from './session';

/** A session that has a name. */
export interface Preset {
  name: string;
  title: string;
  /** One sentence: what it shows. */
  summary: string;
  /** What differs from the default session. */
  overrides: PartialSession;
}
