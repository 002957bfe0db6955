import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../scripts/vulkan.mjs';

const text = readFileSync(join(repositoryRoot, 'docs/security.md'), 'utf8');
/** `path`: "title"; "another title of that file" */
const named = Array.from(text.matchAll(/`((?:src|e2e)\/[^`]+\.ts)`: ((?:"[^"]+"(?:; )?)+)/g)).flatMap(
  ([, file = '', titles = '']) => Array.from(titles.matchAll(/"([^"]+)"/g), ([, title = '']) => [file, title] as const),
);

describe('every test that the threat model names is there', () => {
  it.each(named)('%s: %s', (file, title) => {
    const path = join(repositoryRoot, file);
    expect(existsSync(path)).toBe(true);
    // As it is written there, with either kind of quotes around it.
    const source = readFileSync(path, 'utf8').replaceAll("\\'", "'");
    expect([`'${title}'`, `"${title}"`].some((quoted) => source.includes(quoted))).toBe(true);
  });

  it('which are many', () => {
    expect(named.length).toBeGreaterThan(25);
  });
});
