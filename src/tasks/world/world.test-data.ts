import { readFileSync } from 'node:fs';
import { parseShape } from '../../config/parse-session';
import { settingsFor } from '../../config/tasks';
import { sha256 } from '../../lib/hash';
import { createWorld } from './task';
import type { Task } from '../task';
import { parseWorld, writeProbe, type WorldCountry } from './data';
import { probeFile, WORLD_FILE } from './files';
import type { WorldSettings } from './settings';

export const worldBytes = readFileSync(new URL(`../../../public/${WORLD_FILE.path}`, import.meta.url));
export const countries = parseWorld(worldBytes);

/** The task for a base that knows the cities of some countries. @param cities of each, at most. */
export function worldTask(
  known: readonly WorldCountry[],
  { seed = 1, cities = 6 }: { seed?: number; cities?: number } = {},
): { task: Task; settings: WorldSettings & { name: 'world' } } {
  const probe = writeProbe({
    about: '',
    base: { sha256: 'ab'.repeat(32), name: 'tiny' },
    asked: { capitals: countries.length, cities: 6 * countries.length },
    known: Object.fromEntries(known.map(({ id, asked }) => [id, asked.slice(0, cities)])),
  });
  const session = parseShape({ task: { name: 'world', traces_per_depth: 100_000, corpus: sha256(probe) } });
  const settings = settingsFor(session, 'world');
  const data = new Map([
    [WORLD_FILE.path, worldBytes],
    [probeFile(settings).path, probe],
  ]);
  return { task: createWorld(settings, seed, data), settings };
}
