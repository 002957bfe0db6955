import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { FileContents, StreamedFile } from '../../formats/streamed-checkpoint';
import { InputError } from '../../lib/errors';

/**
 * Checks before the work that a file can be written at a path, so that the result is not lost.
 * @throws InputError where it cannot.
 */
export function checkOutput(path: string, flag: string): void {
  const parent = statSync(dirname(path), { throwIfNoEntry: false });
  if (!parent?.isDirectory())
    throw new InputError(`${flag}: no folder for ${path}, expected a path in one that exists`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new InputError(`${flag}: ${path} is a folder, expected a file's path`);
  }
}

/** Writes a file. @throws InputError where the system refuses. */
export function writeOutput(path: string, contents: string | Uint8Array): void {
  try {
    writeFileSync(path, contents);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'cannot be written';
    throw new InputError(`${path}: ${reason}, expected a path that can be written`);
  }
}

/** Checks that a folder is new or empty. @throws InputError where it has something in it. */
export function checkNew(out: string): void {
  const found = statSync(out, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new InputError(`--out: ${out} is a file, expected a new folder`);
  if (found && readdirSync(out).length > 0) throw new InputError(`--out: ${out} is not empty, expected a new folder`);
}

/** Writes a file whole or not at all, also where several processes write it. */
export function writeWhole(path: string, contents: string | Uint8Array): void {
  const part = `${path}.${hostname()}-${process.pid}.part`;
  writeFileSync(part, contents);
  renameSync(part, path);
}

/** Writes a folder whole or not at all. */
export async function writeFolder(out: string, files: ReadonlyMap<string, FileContents>): Promise<void> {
  const part = `${out.replace(/[\\/]+$/, '')}.part`;
  rmSync(part, { recursive: true, force: true });
  try {
    for (const [name, contents] of files) {
      mkdirSync(dirname(join(part, name)), { recursive: true });
      if (contents instanceof Uint8Array) writeFileSync(join(part, name), contents);
      else await writePieces(join(part, name), contents);
    }
    rmSync(out, { recursive: true, force: true });
    renameSync(part, out);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

async function writePieces(path: string, { pieces }: StreamedFile): Promise<void> {
  const file = openSync(path, 'w');
  try {
    for await (const piece of pieces()) {
      for (let at = 0; at < piece.length;) at += writeSync(file, piece, at);
    }
  } finally {
    closeSync(file);
  }
}
