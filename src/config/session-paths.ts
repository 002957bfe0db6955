import { leafOf, type Leaf, type LeafValue } from './leaves';
import { sessionSchema } from './session';

/** A setting's place: `seed`, `sft.steps`. */
export interface SessionLeaf {
  path: string;
  /** `''` for those at the top. */
  group: string;
  key: string;
  leaf: Leaf;
}

/** The keys of each group, in schema order; those at the top under `''`, groups and `format` included. */
export const sessionKeys: ReadonlyMap<string, readonly string[]> = readKeys();

/** Every setting, in schema order; `format` is none. */
export const sessionLeaves: readonly SessionLeaf[] = readLeaves();

const byPath = new Map(sessionLeaves.map((entry) => [entry.path, entry]));

export const leafAt = (path: string): SessionLeaf | undefined => byPath.get(path);

/** The value of a setting. `session` may be any JSON: `undefined` where it holds nothing there. */
export function valueAt(session: unknown, path: string): unknown {
  let value = session;
  for (const key of path.split('.')) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Values by path to nested JSON, as a session file holds them. */
export function nest(values: Iterable<readonly [path: string, value: unknown]>): Record<string, unknown> {
  const groups = new Map<string, Map<string, unknown>>();
  const top = new Map<string, unknown>();
  for (const [path, value] of values) {
    const dot = path.indexOf('.');
    if (dot < 0) {
      top.set(path, value);
      continue;
    }
    const group = path.slice(0, dot);
    groups.set(group, (groups.get(group) ?? new Map<string, unknown>()).set(path.slice(dot + 1), value));
  }
  for (const [group, members] of groups) top.set(group, Object.fromEntries(members));
  return Object.fromEntries(top);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function isLeafValue(value: unknown): value is LeafValue {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'number');
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

export const sameValue = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((entry, i) => entry === b[i]) : a === b;

function readKeys(): Map<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>([['', Object.keys(sessionSchema.entries)]]);
  for (const [group, schema] of Object.entries(sessionSchema.entries)) {
    if ('wrapped' in schema && 'entries' in schema.wrapped) keys.set(group, Object.keys(schema.wrapped.entries));
  }
  return keys;
}

function readLeaves(): SessionLeaf[] {
  const found: SessionLeaf[] = [];
  for (const [name, schema] of Object.entries(sessionSchema.entries)) {
    const leaf = leafOf(schema);
    if (leaf) found.push({ path: name, group: '', key: name, leaf });
    if (!('wrapped' in schema) || !('entries' in schema.wrapped)) continue;
    const members: Record<string, object> = schema.wrapped.entries;
    for (const [key, inner] of Object.entries(members)) {
      const innerLeaf = leafOf(inner);
      if (innerLeaf) found.push({ path: `${name}.${key}`, group: name, key, leaf: innerLeaf });
    }
  }
  return found;
}
