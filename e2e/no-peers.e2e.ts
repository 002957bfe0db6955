import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from './journey';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** What each source map in dist/ says its file was made from. */
function bundledSources(): string[] {
  const maps = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.map'));
  return maps.flatMap((path) => {
    const map: unknown = JSON.parse(readFileSync(join(dist, path), 'utf8'));
    const sources = typeof map === 'object' && map !== null && 'sources' in map ? map.sources : null;
    return Array.isArray(sources) ? sources.map(String) : [];
  });
}

test('the built page contains no peer of the benchmarks', () => {
  const sources = bundledSources();
  // The check reads something: the page is made with React.
  expect(sources.some((path) => path.includes('node_modules/react'))).toBe(true);
  expect(sources.filter((path) => /@jax-js|@tensorflow|\/bench\//.test(path))).toEqual([]);
  for (const path of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    // The documents name them, as what is measured against; nothing runs there.
    if (!/\.(js|html)$/.test(path) || /^tutorial\/.*\.html$/.test(path)) continue;
    // As a word of its own: a table in base64 may hold these letters by chance.
    expect(readFileSync(join(dist, path), 'utf8'), path).not.toMatch(/jax-js|(?<![\w+/])tfjs(?![\w+/])|tensorflow/i);
  }
});
