/** The countries and cities of the task world, and which of them a base model knows. */
import * as v from 'valibot';
import { InputError } from '../../lib/errors';
import { isSha256 } from '../../lib/hash';
import { sourceSchema } from '../../records/source-schema';
import { dataAt, type TaskData } from '../task-data';
import { PROBE_PATH, probeFile, WORLD_FILE } from './files';
import type { WorldSettings } from './settings';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const code = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/));
const countrySchema = v.object({
  /** ISO 3166-1 alpha-2. */
  id: code,
  name: text,
  capital: text,
  /** Its largest cities but the capital: queries start from these. */
  asked: v.array(text),
  /** The cities that follow in size: documents beside the capitals. */
  beside: v.array(text),
});
export type WorldCountry = v.InferOutput<typeof countrySchema>;

const worldSchema = v.object({ sources: v.array(sourceSchema), countries: v.array(countrySchema) });

export const readWorld = (data: TaskData): readonly WorldCountry[] => parseWorld(dataAt(data, WORLD_FILE));
export const parseWorld = (bytes: Uint8Array): readonly WorldCountry[] =>
  v.parse(worldSchema, JSON.parse(new TextDecoder().decode(bytes))).countries;

const probeSchema = v.strictObject({
  about: v.string(),
  /** The base that was probed. */
  base: v.strictObject({ sha256: v.pipe(v.string(), v.check(isSha256)), name: v.string() }),
  asked: v.strictObject({ capitals: v.number(), cities: v.number() }),
  /** Countries whose capital it names, with the cities of theirs whose country it names. */
  known: v.record(code, v.array(text)),
});
/** A probe: what a base model knows of the world, by its own greedy answers to both hops. */
export type Probe = v.InferOutput<typeof probeSchema>;

/** The bytes of a probe: the same answers give the same. */
export const writeProbe = (probe: Probe): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${JSON.stringify(probe, null, 1)}\n`);

/** @throws InputError for anything that is no probe. */
export function parseProbe(bytes: Uint8Array, where: string): Probe {
  let json: unknown = null;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Said below.
  }
  const parsed = v.safeParse(probeSchema, json);
  if (parsed.success) return parsed.output;
  throw new InputError(`${where}: no probe of a base model, expected the probe.json of a run of the task world`);
}

/** The probe of a session. @throws InputError where the session names none. */
export const readProbe = (settings: WorldSettings, data: TaskData): Probe =>
  parseProbe(dataAt(data, probeFile(settings)), PROBE_PATH);
