// Writes a task's data file, JSON with a country a line, and its description for the task and the page.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot as root } from './vulkan.mjs';

/** JSON of a package, by its path in node_modules. */
export const packageJson = (path) => JSON.parse(readFileSync(join(root, 'node_modules', path), 'utf8'));

/** Packages with the version that is installed. */
export const withVersions = (sources) =>
  sources.map((source) => ({ ...source, version: packageJson(`${source.package}/package.json`).version }));

/** The bytes of the data file: a country a line. */
export function countryLines({ countries, ...head }) {
  const rest = JSON.stringify(head, null, 1).slice(0, -2);
  return `${rest},\n "countries": [\n${countries.map((country) => JSON.stringify(country)).join(',\n')}\n]}\n`;
}

/** The description of the file at `path` below public/ that a task reads. */
export const fileOf = (path, text) =>
  `${JSON.stringify({ path, sha256: createHash('sha256').update(text).digest('hex') }, null, 2)}\n`;

/** Writes the file, what `src/tasks/NAME/file.json` says of it, and `src/tasks/NAME/sources.json` of its sources. */
export function writeDataFile(name, path, text) {
  const target = join(root, 'public', path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  writeFileSync(join(root, `src/tasks/${name}/file.json`), fileOf(path, text));
  const sources = `${JSON.stringify(JSON.parse(text).sources, null, 2)}\n`;
  writeFileSync(join(root, `src/tasks/${name}/sources.json`), sources);
}
