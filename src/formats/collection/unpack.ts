import { Gunzip, unzipSync, type UnzipFileInfo } from 'fflate';
import { InputError } from '../../lib/errors';
import { memoryFile, readWhole, RoomCheck, type Room, type SourceFile } from './source-file';

/**
 * Files with what archives hold in their places: a `.zip` gives its files, a `.gz` the file in it, under its name
 * without the ending. Hidden files (a name that begins with a dot, `__MACOSX`) are left out.
 * @throws InputError for an archive that cannot be unpacked, or whose contents do not fit.
 */
export async function unpackedFiles(files: readonly SourceFile[], room: Room): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  for (const file of files.filter(isVisible)) {
    if (!isZip(file)) found.push(file);
    else found.push(...(await unzipped(file, room)).filter(isVisible));
  }
  return found.map((file) => (/\.gz$/i.test(file.path) ? gunzipped(file) : file));
}

const isZip = ({ path }: Pick<SourceFile, 'path'>): boolean => /\.zip$/i.test(path);

export const isVisible = ({ path }: Pick<SourceFile, 'path'>): boolean =>
  !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

function gunzipped(file: SourceFile): SourceFile {
  return {
    path: file.path.replace(/\.gz$/i, ''),
    where: file.where,
    size: null,
    read: () => inflate(file),
  };
}

/** Bytes that are unpacked at once: they give at most a thousand times as many, which are counted before more come. */
const PIECE_BYTES = 2 ** 14;

async function* inPieces(file: SourceFile): AsyncGenerator<Uint8Array> {
  for await (const bytes of file.read()) {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
  }
}

async function* inflate(file: SourceFile): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  let last: Uint8Array | null = null;
  const gunzip = new Gunzip((piece) => out.push(piece));
  const push = (piece: Uint8Array, isLast: boolean): void => {
    try {
      // It may keep what it is given and write into it.
      gunzip.push(piece.slice(), isLast);
    } catch {
      throw new InputError(`${file.where}: cannot be unpacked, expected a whole gzip file`);
    }
  };
  for await (const piece of inPieces(file)) {
    if (last) push(last, false);
    last = piece;
    yield* out.splice(0);
  }
  push(last ?? new Uint8Array(), true);
  yield* out.splice(0);
}

async function unzipped(file: SourceFile, room: Room): Promise<SourceFile[]> {
  const check = new RoomCheck({ ...room, of: `${room.of} can hold unpacked; a folder is read piece by piece, but` });
  const bytes = await readWhole(file, new RoomCheck(room));
  const base = file.path.slice(0, -'.zip'.length);
  const wanted = ({ name }: UnzipFileInfo): boolean => !name.endsWith('/') && isVisible({ path: name });
  const infos: UnzipFileInfo[] = [];
  try {
    unzipSync(bytes, { filter: (info) => (infos.push(info), false) });
  } catch {
    throw new InputError(`${file.where}: cannot be unpacked, expected a whole zip file`);
  }
  const total = infos.filter(wanted).reduce((sum, { originalSize }) => sum + originalSize, 0);
  check.take(total, file);
  try {
    const entries = Object.entries(unzipSync(bytes, { filter: wanted })).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([name, content]) => memoryFile(`${base}/${name}`, `${file.where}/${name}`, content));
  } catch {
    throw new InputError(`${file.where}: cannot be unpacked, expected a zip file without a password`);
  }
}
