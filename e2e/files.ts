import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from './journey';

/** Writes files into a folder of the journey's own. @returns its path. */
export function writeFolder(name: string, files: Iterable<readonly [string, string | Uint8Array]>): string {
  const folder = test.info().outputPath(name);
  for (const [path, contents] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
  return folder;
}
