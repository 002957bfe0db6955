import { readFileSync } from 'node:fs';
import { defaultSession, type Session } from '../../config/session';
import { sha256 } from '../../lib/hash';
import { createTask } from '../registry';
import type { Task } from '../task';
import { parseWorld, probeFile, WORLD_FILE, writeProbe, type WorldCountry } from './data';

export const worldBytes = readFileSync(new URL(`../../../public/${WORLD_FILE.path}`, import.meta.url));
export const countries = parseWorld(worldBytes);

/** The task for a base that knows the cities of some countries. @param cities of each, at most. */
export function worldTask(
  known: readonly WorldCountry[],
  { seed = 1, cities = 6 }: { seed?: number; cities?: number } = {},
): { task: Task; settings: Session['task'] } {
  const probe = writeProbe({
    about: '',
    base: { sha256: 'ab'.repeat(32), name: 'tiny' },
    asked: { capitals: countries.length, cities: 6 * countries.length },
    known: Object.fromEntries(known.map(({ id, asked }) => [id, asked.slice(0, cities)])),
  });
  const settings = { ...defaultSession.task, name: 'world', traces_per_depth: 100_000, corpus: sha256(probe) } as const;
  const data = new Map([
    [WORLD_FILE.path, worldBytes],
    [probeFile(settings).path, probe],
  ]);
  return { task: createTask(settings, seed, data), settings };
}
