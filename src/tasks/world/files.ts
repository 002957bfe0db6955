import { InputError } from '../../lib/errors';
import { isSha256 } from '../../lib/hash';
import type { DataFile } from '../task-data';
import file from './file.json' with { type: 'json' };
import type { WorldSettings } from './settings';

/** The countries and cities, which come with the lab. */
export const WORLD_FILE: DataFile = file;

/** The path of a base's probe in a run's files; it does not come with the lab. */
export const PROBE_PATH = 'world/probe.json';

/** The probe that a session names by its hash. @throws InputError where it names none. */
export function probeFile({ corpus }: Pick<WorldSettings, 'corpus'>): DataFile {
  if (isSha256(corpus)) return { path: PROBE_PATH, sha256: corpus };
  throw new InputError(
    `task.corpus is ${JSON.stringify(corpus)}, expected the hash of what a base model knows of the world: a run from a base asks it first`,
  );
}
