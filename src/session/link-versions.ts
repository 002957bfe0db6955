import type { LeafValue } from '../settings/leaves';
import { nest } from '../config/session-paths';
import { crc24 } from './checksum';
import type { LinkTables } from './link-tables';
import v1 from './versions/v1.json' with { type: 'json' };
import v2 from './versions/v2.json' with { type: 'json' };
import v3 from './versions/v3.json' with { type: 'json' };

/** A version of the link: its tables, and how its sessions become today's. */
export interface LinkVersion {
  /** The link's first character. */
  id: string;
  tables: LinkTables;
  dictionary: Uint8Array;
  /** Sessions that a link may start from: the defaults, then each preset. */
  bases: readonly LinkBase[];
  /** The version's session, as nested JSON, to JSON that `parseSession` reads. */
  migrate(session: Record<string, unknown>): Record<string, unknown>;
}

export interface LinkBase {
  /** A preset's name; `''` for the defaults. */
  name: string;
  values: ReadonlyMap<string, LeafValue>;
  /** The start value of every checksum, so that a link never meets another base than its own. */
  checksum: number;
}

/**
 * Released versions, oldest first; the last one writes. A new setting needs none: links name it by its path. To change a
 * default, a choice or what links refer to: freeze `currentTables()` as the next version, and give each older one a
 * `migrate` that fills in what it did not know.
 */
export const LINK_VERSIONS: readonly LinkVersion[] = [
  // What it did not know, `parseSession` fills in: activations are kept.
  version('1', v1, (session) => session),
  version('2', v2, (session) => session),
  // The model is born in the session, all of it trained.
  version('3', v3, (session) => session),
];

function version(id: string, tables: LinkTables, migrate: LinkVersion['migrate']): LinkVersion {
  const encoder = new TextEncoder();
  const initial = tables.leaves.map((leaf): [string, LeafValue] => [leaf.path, leaf.initial]);
  const bases = [{ name: '', settings: [] }, ...tables.presets].map(({ name, settings }) => {
    const values = new Map<string, LeafValue>(initial);
    for (const { path, value } of settings) values.set(path, value);
    return { name, values, checksum: crc24(encoder.encode(JSON.stringify([id, ...values]))) };
  });
  return { id, tables, dictionary: encoder.encode(tables.dictionary), bases, migrate };
}

/** A base with some values changed, as nested JSON of its version. */
export const baseSession = (base: LinkBase, changes: Iterable<readonly [string, LeafValue]>): Record<string, unknown> =>
  nest(new Map([...base.values, ...changes]));
