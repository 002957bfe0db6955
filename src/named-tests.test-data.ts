import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { repositoryRoot } from '../scripts/vulkan.mjs';

/**
 * The tests that a page of docs/ names, as file and title: `path`: "title"; "another title of that file". Those of Python are
 * named by their function.
 */
export function namedTests(page: string): (readonly [file: string, title: string])[] {
  const text = readFileSync(join(repositoryRoot, page), 'utf8');
  return Array.from(
    text.matchAll(/`((?:src|e2e|e2e-firefox|python)\/[^`]+\.(?:ts|py))`: ((?:"[^"]+"(?:; )?)+)/g),
  ).flatMap(([, file = '', titles = '']) =>
    Array.from(titles.matchAll(/"([^"]+)"/g), ([, title = '']) => [file, title] as const),
  );
}

/** Expects that a file has a test of that title, as it is written there, with either kind of quotes around it. */
export function expectTest(file: string, title: string): void {
  const path = join(repositoryRoot, file);
  expect(existsSync(path), file).toBe(true);
  const source = readFileSync(path, 'utf8').replaceAll("\\'", "'");
  const written = file.endsWith('.py') ? [`def ${title}(`] : [`'${title}'`, `"${title}"`];
  expect(written.some((one) => source.includes(one)), `${file}: ${title}`).toBe(true); // prettier-ignore
}
