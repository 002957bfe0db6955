import type { FieldNote } from '../settings/field-note';
import { leafOf, noteOf, type Leaf, type LeafValue } from '../settings/leaves';
import { writtenSchema } from './session';

/** A setting's place: `seed`, `sft.steps`, `model.adapter.rank`. */
export interface SessionLeaf {
  path: string;
  /** The group at the top of the session: `sft`, `model`; `''` for settings at the top themselves. */
  group: string;
  /** The path below the group. */
  key: string;
  leaf: Leaf;
  note?: FieldNote | undefined;
}

/**
 * The keys of each object by its path, in schema order, objects within it included: those at the top under `''`, with
 * `format`; those of `model.base` under that.
 */
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
  const own = new Map<string, unknown>();
  const below = new Map<string, [string, unknown][]>();
  for (const [path, value] of values) {
    const dot = path.indexOf('.');
    if (dot < 0) {
      own.set(path, value);
      continue;
    }
    const name = path.slice(0, dot);
    const members = below.get(name) ?? [];
    members.push([path.slice(dot + 1), value]);
    below.set(name, members);
  }
  for (const [name, members] of below) own.set(name, nest(members));
  return Object.fromEntries(own);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function isLeafValue(value: unknown): value is LeafValue {
  if (Array.isArray(value)) {
    return ['number', 'string'].some((type) => value.every((entry) => typeof entry === type));
  }
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
}

export const sameValue = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b) ? a.length === b.length && a.every((entry, i) => entry === b[i]) : a === b;

function readKeys(): Map<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>();
  const walk = (path: string, entries: Entries): void => {
    keys.set(path, Object.keys(entries));
    for (const [name, schema] of Object.entries(entries)) {
      const members = membersOf(schema);
      if (members) walk(path === '' ? name : `${path}.${name}`, members);
    }
  };
  walk('', writtenSchema.entries);
  return keys;
}

function readLeaves(): SessionLeaf[] {
  const found: SessionLeaf[] = [];
  const walk = (above: readonly string[], entries: Entries): void => {
    for (const [name, schema] of Object.entries(entries)) {
      const place = [...above, name];
      const leaf = leafOf(schema);
      if (leaf) {
        const [group = '', ...rest] = place.length === 1 ? ['', name] : place;
        found.push({ path: place.join('.'), group, key: rest.join('.'), leaf, note: noteOf(schema) });
      }
      const members = membersOf(schema);
      if (members) walk(place, members);
    }
  };
  walk([], writtenSchema.entries);
  return found;
}

type Entries = Readonly<Record<string, object>>;

/** The members of an object within the session; `undefined` for a leaf. */
function membersOf(schema: object): Entries | undefined {
  if (!('wrapped' in schema) || typeof schema.wrapped !== 'object' || schema.wrapped === null) return undefined;
  if (!('entries' in schema.wrapped) || leafOf(schema)) return undefined;
  const { entries } = schema.wrapped;
  return isEntries(entries) ? entries : undefined;
}

// A function, not a constant: the constants at the top are made with it.
function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null;
}
