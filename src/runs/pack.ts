import { Unzip, UnzipInflate, zipSync, type Zippable } from 'fflate';
import * as v from 'valibot';
import { decodeUtf8, parseJson } from '../formats/json';
import { InputError } from '../lib/errors';
import { Sha256, sha256 } from '../lib/hash';
import { toBytes } from './run-file';

/**
 * A run as one file: a zip of what the command line would write, `run.json` with what only the page keeps, and a manifest of
 * hashes. The zip's comment is the hash of all bytes before it, so that no byte of the file can change unnoticed.
 */
const FORMAT = 'search-r3-lab run';
const MANIFEST = 'manifest.json';
const COMMENT = 'sha256:';
const COMMENT_BYTES = COMMENT.length + 64;
/** End-of-central-directory record without its comment. */
const END_BYTES = 22;
/** The most bytes of all files together. */
const MOST_BYTES = 2 ** 31;
const manifestSchema = v.strictObject({
  format: v.literal(FORMAT),
  version: v.literal(1),
  files: v.record(v.string(), v.strictObject({ bytes: v.number(), sha256: v.string() })),
});

/** A run's files, by name, as one. */
export function pack(files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const entries = [...files].map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }] as const);
  const manifest = toBytes({ format: FORMAT, version: 1, files: Object.fromEntries(entries) });
  // Numbers of a model do not get smaller.
  const zippable: Zippable = { [MANIFEST]: manifest };
  for (const [name, bytes] of files) zippable[name] = name.endsWith('.safetensors') ? [bytes, { level: 0 }] : bytes;
  const zipped = zipSync(zippable, { level: 6, mtime: new Date(1980, 0, 1) });
  const packed = new Uint8Array(zipped.length + COMMENT_BYTES);
  packed.set(zipped);
  new DataView(packed.buffer).setUint16(zipped.length - 2, COMMENT_BYTES, true);
  const hash = sha256(packed.subarray(0, zipped.length));
  packed.set(new TextEncoder().encode(COMMENT + hash), zipped.length);
  return packed;
}

/**
 * The largest ratio of compression: no run's records reach it, so a file that claims more is made to fill the memory.
 */
const MOST_RATIO = 200;
/** Number of bytes below which a file may unpack at any ratio. */
const HARMLESS_BYTES = 2 ** 24;
const PIECE_BYTES = 2 ** 20;
const FOREIGN = 'run file: none that this page wrote, expected one from Export';

/**
 * Reads what `pack` wrote, a piece at a time: neither the zip nor what is not wanted of it is held in memory.
 * @param wanted which of its files are returned.
 * @throws InputError in one sentence for anything else, and for what unpacks to more than it says or than a run could.
 */
export async function unpack(
  zip: Blob,
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  await checkSeal(zip);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const seen = new Set<string>();
  const most = Math.min(MOST_BYTES, Math.max(HARMLESS_BYTES, MOST_RATIO * zip.size));
  let total = 0;
  const reader = new Unzip((file) => {
    const { name, originalSize: size = Infinity } = file;
    total += size;
    if (seen.has(name)) throw new InputError(FOREIGN);
    if (total > most) {
      throw new InputError(`run file: unpacks to more than ${most} bytes, expected a run from Export, which does not`);
    }
    seen.add(name);
    const content = name === MANIFEST || wanted(name) ? new Uint8Array(size) : null;
    let at = 0;
    file.ondata = (error, bytes, isLast) => {
      if (error) throw error;
      // What it holds may be another matter than what it says.
      if (at + bytes.length > size || (isLast && at + bytes.length < size)) throw new InputError(FOREIGN);
      content?.set(bytes, at);
      at += bytes.length;
      if (isLast && content) files.set(name, content);
    };
    file.start();
  });
  reader.register(UnzipInflate);
  try {
    for (let from = 0; from < zip.size; from += PIECE_BYTES) reader.push(await pieceOf(zip, from, from + PIECE_BYTES));
    reader.push(new Uint8Array(0), true);
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(FOREIGN);
  }
  checkManifest(files, seen);
  return files;
}

const pieceOf = async (zip: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await zip.slice(from, to).arrayBuffer());

/** @throws InputError where a byte of the file is another than when it was written. */
async function checkSeal(zip: Blob): Promise<void> {
  const start = await pieceOf(zip, 0, 2);
  if (zip.size < END_BYTES + COMMENT_BYTES || start[0] !== 0x50 || start[1] !== 0x4b) throw new InputError(FOREIGN);
  const end = zip.size - COMMENT_BYTES;
  const comment = new TextDecoder('latin1').decode(await pieceOf(zip, end, zip.size));
  if (!comment.startsWith(COMMENT)) {
    throw new InputError('run file: without its checksum at the end, expected a whole one from Export');
  }
  const hash = new Sha256();
  for (let from = 0; from < end; from += PIECE_BYTES) {
    hash.add(await pieceOf(zip, from, Math.min(end, from + PIECE_BYTES)));
  }
  if (comment.slice(COMMENT.length) !== hash.digest()) {
    throw new InputError('run file: its checksum does not agree, expected an undamaged one from Export');
  }
}

/** Takes the manifest out. @throws InputError where a file is not what it says, or is missing. */
function checkManifest(files: Map<string, Uint8Array<ArrayBuffer>>, seen: ReadonlySet<string>): void {
  const listed = files.get(MANIFEST);
  const manifest = listed && v.safeParse(manifestSchema, parseJson(decodeUtf8(listed, MANIFEST), MANIFEST));
  if (!manifest?.success) throw new InputError(FOREIGN);
  files.delete(MANIFEST);
  for (const [name, entry] of Object.entries(manifest.output.files)) {
    const found = files.get(name);
    const isRight = found ? found.length === entry.bytes && sha256(found) === entry.sha256 : seen.has(name);
    if (!isRight) {
      throw new InputError(`run file: ${name} is not what the manifest says, expected an undamaged file from Export`);
    }
  }
}
