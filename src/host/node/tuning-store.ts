import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AdapterIdentity } from '../../gpu/gpu';
import { readTuning, tuningName } from '../../kernels/matmul/kept-tuning';
import { InputError } from '../../lib/errors';
import type { Tuning } from '../../records/tuning';
import { storeFolder } from './model-store';
import { progress } from './output';
import { writeWhole } from './output-file';

/** The folder of kept tunings, which has a file for each adapter. */
const tuningFolder = (): string => join(dirname(storeFolder()), 'tuning');

/** The kept tuning of an adapter; null where there is none, or none that fits, which is said on stderr. */
export function keptTuning(
  adapter: AdapterIdentity,
  folder = tuningFolder(),
  notice: (line: string) => void = progress,
): Tuning | null {
  const path = join(folder, tuningName(adapter));
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  return readTuning(text, adapter, (why) => notice(`${path}: ${why} with lab bench tune`));
}

/** Keeps a tuning for all later commands. @returns its path. @throws InputError where it cannot be written. */
export function keepTuning(adapter: AdapterIdentity, tuning: Tuning, folder = tuningFolder()): string {
  const path = join(folder, tuningName(adapter));
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(path, `${JSON.stringify(tuning, null, 2)}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`${path}: ${reason}, expected a folder that can be written`);
  }
  return path;
}
