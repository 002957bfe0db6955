import { deflateSync, Inflate } from 'fflate';
import type { Ancestors } from '../config/ancestors';
import { settingsOf } from '../config/edit-session';
import type { LeafValue } from '../settings/leaves';
import { parseSession } from '../config/parse-session';
import type { Session } from '../config/session';
import { leafAt, sameValue } from '../config/session-paths';
import { InputError } from '../lib/errors';
import { shown } from '../lib/text';
import { fromBase64url, toBase64url } from './base64url';
import { ByteReader, ByteWriter } from './bytes';
import { seal } from './checksum';
import { readExtras, writeExtras, type LinkClaim, type LinkExtras, type LinkSelection } from './link-extras';
import { readForks, writeForks } from './link-forks';
import { baseSession, LINK_VERSIONS, type LinkBase, type LinkVersion } from './link-versions';
import { readValue, writeValue } from './values';

/**
 * The share link's fragment. Its first character is the version. Then either a preset's name, a dot and a checksum:
 * `1kin-quick.q83v`; or base64url of: a byte with the base's place and, as its top bit, whether the rest is deflated;
 * the number of changed settings; each as place and value; forks, selection and claim as JSON, where there are any; checksum.
 * A setting that came after the version has the place after the last one, then its path.
 */
export interface SharedSession {
  session: Session;
  selection?: LinkSelection;
  claim?: LinkClaim;
  /** The ancestors of a fork, the oldest first; absent for a session that is no fork. */
  ancestors?: Ancestors;
}

/** Longer fragments are refused unread. A session with every text at its longest and a full claim stays below. */
export const LONGEST_FRAGMENT = 8192;
const LARGEST_BODY = 16_384;
const PIECE = 256;
const DEFLATED = 0x80;
const CHECKSUM_BYTES = 3;

const encoder = new TextEncoder();

/**
 * The fragment, without `#`, that opens this session.
 * @throws InputError for a session, a selection or a claim that no link may hold.
 */
export function encodeLink({ session, selection, claim, ancestors = [] }: SharedSession): string {
  const version = LINK_VERSIONS[LINK_VERSIONS.length - 1]!;
  const settings = settingsOf(parseSession(session));
  const extras = writeExtras({
    ...(ancestors.length > 0 ? { forks: writeForks(session, ancestors) } : {}),
    ...(selection ? { selection } : {}),
    ...(claim ? { claim } : {}),
  });
  let best: string | undefined;
  version.bases.forEach((base, place) => {
    const changes = settings.filter(({ path, value }) => !sameValue(value, base.values.get(path) ?? initialOf(path)));
    const link =
      changes.length === 0 && extras === '' && base.name !== ''
        ? version.id + base.name + '.' + toBase64url(seal(encoder.encode(base.name), base.checksum))
        : version.id + toBase64url(payload(version, base, place, changes, extras));
    const named = link.includes('.');
    if (
      best === undefined ||
      (named && !best.includes('.')) ||
      (named === best.includes('.') && link.length < best.length)
    ) {
      best = link;
    }
  });
  if (best === undefined || best.length > LONGEST_FRAGMENT) {
    throw new InputError(`link has ${best?.length ?? 0} characters, expected at most ${LONGEST_FRAGMENT}`);
  }
  return best;
}

/**
 * Reads a link. Runs nothing, fetches nothing.
 * @param text a fragment with or without `#`, or a whole URL.
 * @throws InputError in one sentence, for anything that is no link of a known version.
 */
export function decodeLink(text: string): SharedSession {
  const fragment = fragmentOf(text);
  if (fragment === '') throw new InputError('link is empty, expected a fragment that starts with its version');
  if (fragment.length > LONGEST_FRAGMENT) {
    throw new InputError(`link has ${fragment.length} characters, expected at most ${LONGEST_FRAGMENT}`);
  }
  const version = LINK_VERSIONS.find(({ id }) => id === fragment[0]);
  if (!version) {
    const known = LINK_VERSIONS.map(({ id }) => id).join(', ');
    throw new InputError(`link has version ${shown(fragment[0])}, expected one that this page knows (${known})`);
  }
  const { base, changes, extras } = fragment.includes('.')
    ? readName(version, fragment.slice(1))
    : readPayload(version, fragment.slice(1));
  const session = parseSession(version.migrate(baseSession(base, changes)), 'link');
  const { forks, ...rest } = extras;
  return { session, ...rest, ...(forks ? { ancestors: readForks(session, forks, 'link') } : {}) };
}

interface LinkContent {
  base: LinkBase;
  changes: Map<string, LeafValue>;
  extras: LinkExtras;
}

function payload(
  version: LinkVersion,
  base: LinkBase,
  place: number,
  changes: readonly { path: string; value: LeafValue }[],
  extras: string,
): Uint8Array {
  const plain = new ByteWriter();
  plain.varint(changes.length);
  for (const { path, value } of changes) {
    const { leaves } = version.tables;
    const at = leaves.findIndex((leaf) => leaf.path === path);
    plain.varint(at < 0 ? leaves.length : at);
    if (at < 0) plain.text(path);
    writeValue(plain, value, at < 0 ? NO_OPTIONS : leaves[at]?.options);
  }
  plain.raw(encoder.encode(extras));
  const body = plain.result();
  const deflated = deflateSync(body, { level: 9, dictionary: version.dictionary });
  const whole = new ByteWriter();
  const shorter = deflated.length < body.length;
  whole.byte(shorter ? place | DEFLATED : place);
  whole.raw(shorter ? deflated : body);
  const bytes = whole.result();
  whole.raw(seal(bytes, base.checksum));
  return whole.result();
}

function readName(version: LinkVersion, text: string): LinkContent {
  const dot = text.indexOf('.');
  const name = text.slice(0, dot);
  const base = version.bases.find((candidate) => candidate.name === name && name !== '');
  if (!base) throw new InputError(`link names ${shown(name)}, expected a preset of version ${version.id}`);
  const expected = seal(encoder.encode(name), base.checksum);
  checkSum(text.slice(dot + 1), toBase64url(expected));
  return { base, changes: new Map(), extras: {} };
}

function readPayload(version: LinkVersion, text: string): LinkContent {
  const bytes = fromBase64url(text, 'link');
  if (bytes.length < 2 + CHECKSUM_BYTES) {
    throw new InputError(`link holds ${bytes.length} bytes, expected at least ${2 + CHECKSUM_BYTES}`);
  }
  const content = bytes.subarray(0, -CHECKSUM_BYTES);
  const head = content[0]!;
  const base = version.bases[head & ~DEFLATED];
  if (!base) {
    throw new InputError(`link starts from session ${head & ~DEFLATED}, expected one of ${version.bases.length}`);
  }
  checkSum(toBase64url(bytes.subarray(-CHECKSUM_BYTES)), toBase64url(seal(content, base.checksum)));
  const rest = content.subarray(1);
  const reader = new ByteReader(head & DEFLATED ? inflate(rest, version.dictionary) : rest, 'link');

  const { leaves } = version.tables;
  const changes = new Map<string, LeafValue>();
  const count = reader.varint();
  for (let i = 0; i < count; i++) {
    const at = reader.varint();
    const leaf = at === leaves.length ? laterLeaf(reader.text(), leaves) : leaves[at];
    if (!leaf) throw new InputError(`link changes setting ${at}, expected a place up to ${leaves.length}`);
    if (changes.has(leaf.path)) throw new InputError(`link: ${leaf.path} is there twice, expected once`);
    changes.set(leaf.path, readValue(reader, leaf.options ?? [], `link: ${leaf.path}`));
  }
  return { base, changes, extras: readExtras(reader.text(reader.left), 'link') };
}

// Its choices are written as texts: places among them belong to a version.
const NO_OPTIONS: readonly string[] = [];

/** A setting that came after the version's tables, by its path. @throws InputError for one that has a place there. */
function laterLeaf(path: string, leaves: LinkVersion['tables']['leaves']): LinkVersion['tables']['leaves'][number] {
  if (!leafAt(path)) throw new InputError(`link: ${shown(path)} is no setting, expected one that this page knows`);
  if (leaves.some((leaf) => leaf.path === path)) {
    throw new InputError(`link names ${path}, expected it by its place`);
  }
  return { path, initial: initialOf(path) };
}

function initialOf(path: string): LeafValue {
  const known = leafAt(path);
  if (!known) throw new Error(`${path} is no setting`);
  return known.leaf.initial;
}

/**
 * Inflates in small pieces, none of which can grow far: output beyond the limit is refused, however small the input is.
 */
function inflate(bytes: Uint8Array, dictionary: Uint8Array): Uint8Array {
  const body = new Uint8Array(LARGEST_BODY);
  let length = 0;
  let fits = true;
  const stream = new Inflate({ dictionary }, (piece) => {
    fits &&= length + piece.length <= LARGEST_BODY;
    if (fits) body.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; fits && at < bytes.length; at += PIECE) {
      stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    }
  } catch {
    throw new InputError(`link has ${bytes.length} bytes that do not inflate, expected deflated data`);
  }
  if (!fits) throw new InputError(`link inflates beyond ${LARGEST_BODY} bytes, expected at most that many`);
  return body.subarray(0, length);
}

function checkSum(found: string, expected: string): void {
  if (found === expected) return;
  throw new InputError(`link has checksum ${shown(found)}, expected "${expected}": a part of it was lost or changed`);
}

function fragmentOf(text: string): string {
  const trimmed = text.trim();
  const hash = trimmed.indexOf('#');
  if (hash >= 0) return trimmed.slice(hash + 1);
  if (/^[a-z][a-z+.-]*:/i.test(trimmed))
    throw new InputError(`link ${shown(trimmed)} has no fragment, expected one after #`);
  return trimmed;
}
