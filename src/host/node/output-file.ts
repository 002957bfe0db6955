import { statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../../lib/errors';

/** @throws InputError where a file cannot come to lie there; called before the work, so that it is not lost. */
export function checkOutput(path: string, flag: string): void {
  const parent = statSync(dirname(path), { throwIfNoEntry: false });
  if (!parent?.isDirectory())
    throw new InputError(`${flag}: no folder for ${path}, expected a path in one that exists`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new InputError(`${flag}: ${path} is a folder, expected a file's path`);
  }
}

/** @throws InputError where the system refuses. */
export function writeOutput(path: string, contents: string | Uint8Array): void {
  try {
    writeFileSync(path, contents);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'cannot be written';
    throw new InputError(`${path}: ${reason}, expected a path that can be written`);
  }
}
