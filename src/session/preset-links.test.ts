import { describe, expect, it } from 'vitest';
import { settingsOf } from '../config/edit-session';
import { decodeLink } from './link';
import { LINK_VERSIONS } from './link-versions';
import links from './versions/v1.presets.json';

/** Links as the first release writes them; they stay as they are, whatever presets become. */
describe('a link of version 1', () => {
  const tables = LINK_VERSIONS.find(({ id }) => id === '1')!.tables;

  it('is kept for every preset of that version', () => {
    expect(Object.keys(links)).toEqual(tables.presets.map(({ name }) => name));
  });

  it.each(Object.entries(links))('opens %s with the settings it had', (name, link) => {
    const { session } = decodeLink(link);
    const own = new Map(tables.presets.find((preset) => preset.name === name)!.settings.map((s) => [s.path, s.value]));
    const found = new Map(settingsOf(session).map(({ path, value }) => [path, value]));
    for (const { path, initial } of tables.leaves)
      expect([path, found.get(path)]).toEqual([path, own.get(path) ?? initial]);
  });
});
