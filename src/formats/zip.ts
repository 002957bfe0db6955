import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { InputError } from '../lib/errors';
import type { FileContents } from './streamed-checkpoint';

/** A zip of the older form, which everything reads, holds no more. */
const MOST_BYTES = 2 ** 32 - 2 ** 24;

/** A fixed moment, so that the same files give the same zip. */
export const ZIP_TIME = new Date(1980, 0, 1);

/** Bytes of all files together. */
export const bytesOfFiles = (files: ReadonlyMap<string, FileContents>): number =>
  [...files.values()].reduce((sum, file) => sum + (file instanceof Uint8Array ? file.length : file.bytes), 0);

/**
 * Files as one zip, a piece at a time: what comes in pieces is in memory a piece at a time, and is stored as it is, since
 * weights do not get smaller.
 * @param write takes the zip's next bytes.
 * @param onProgress bytes of the files so far; it may throw to end the writing.
 * @throws InputError for files of more than 4 GB, before anything is written.
 */
export async function writeZip(
  files: ReadonlyMap<string, FileContents>,
  write: (bytes: Uint8Array) => void,
  onProgress: (file: string, done: number) => void = () => undefined,
): Promise<void> {
  const bytes = bytesOfFiles(files);
  if (bytes > MOST_BYTES) {
    throw new InputError(
      `the download: ${(bytes / 1e9).toFixed(1)} GB, expected at most 4 GB in one zip: take it in f16 or bf16, or by lab export`,
    );
  }
  // What goes wrong in the middle is thrown where the bytes come from.
  let failure: Error | null = null;
  const zip = new Zip((error, piece) => {
    failure ??= error;
    if (!error) write(piece);
  });
  let done = 0;
  for (const [name, contents] of files) {
    const isWhole = contents instanceof Uint8Array;
    const entry = isWhole ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name);
    entry.mtime = ZIP_TIME;
    zip.add(entry);
    onProgress(name, done);
    for await (const piece of isWhole ? [contents] : contents.pieces()) {
      entry.push(piece);
      done += piece.length;
      onProgress(name, done);
    }
    entry.push(new Uint8Array(0), true);
    if (failure !== null) throw failure as Error;
  }
  zip.end();
}
