/** The countries that both atlas tasks are about, read from the file that scripts/build-atlas.mjs wrote. */
import * as v from 'valibot';
import { mix32 } from '../../lib/hash';
import { ATLAS_FILE } from './atlas-file';
import type { QuerySplit } from '../task';
import { dataAt, type TaskData } from '../task-data';
import { sourceSchema } from '../../records/source-schema';

export const DIRECTIONS = ['north', 'east', 'south', 'west'] as const;
export type Direction = (typeof DIRECTIONS)[number];

const code = v.pipe(v.string(), v.regex(/^[A-Z]{2}$/));
const word = v.pipe(v.string(), v.regex(/^\S+$/));
const countrySchema = v.object({
  /** ISO 3166-1 alpha-2. */
  id: code,
  name: word,
  capital: word,
  currency: word,
  language: v.optional(word),
  region: v.optional(word),
  north: v.optional(code),
  east: v.optional(code),
  south: v.optional(code),
  west: v.optional(code),
  borders: v.array(code),
  /** A kind and a name, `city Kumasi`; each leads to one country. */
  aliases: v.array(v.pipe(v.string(), v.regex(/^\S+ \S+$/))),
});
export type Country = v.InferOutput<typeof countrySchema>;

const atlasSchema = v.object({ sources: v.array(sourceSchema), countries: v.array(countrySchema) });
export type Atlas = v.InferOutput<typeof atlasSchema>;

export const parseAtlas = (bytes: Uint8Array): Atlas =>
  v.parse(atlasSchema, JSON.parse(new TextDecoder().decode(bytes)));

export const readAtlas = (data: TaskData): Atlas => parseAtlas(dataAt(data, ATLAS_FILE));

/** Shares of the countries, in the proportions 174 : 19 : 48 of the research notes. */
const DEV_SHARE = 19 / 241;
const TEST_SHARE = 48 / 241;

/**
 * Which countries a task may compose facts across in training. The same for every seed, so that runs of several seeds are
 * tested on the same countries.
 * @returns the split of each country, by id.
 */
export function splitCountries(countries: readonly Pick<Country, 'id'>[]): ReadonlyMap<string, QuerySplit> {
  const order = countries.map(({ id }) => id).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const test = Math.round(order.length * TEST_SHARE);
  const dev = Math.round(order.length * DEV_SHARE);
  return new Map(order.map((id, i) => [id, i < test ? 'test' : i < test + dev ? 'dev' : 'train']));
}

const rank = (id: string): number => mix32(0xa71a5, id.charCodeAt(0), id.charCodeAt(1));
