// Draws source files at random and prints the first screen of each, for a reader who does not know it: does it say what the
// file is for? `node scripts/draw-files.mjs [seed [how many]]`; the same seed draws the same files as long as no file comes or
// goes.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcesOf } from './house-count.mjs';

const SCREEN = 30;
const IMPORTS = /^import [^;]*;\n+/gm;
const [seed = 1, count = 10] = process.argv.slice(2).map(Number);
const files = [...sourcesOf(join(dirname(fileURLToPath(import.meta.url)), '..'))];

// A linear congruential generator (Numerical Recipes), and Fisher and Yates' shuffle.
let state = seed >>> 0;
const below = (limit) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
for (let i = 0; i < Math.min(count, files.length); i++) {
  const at = i + below(files.length - i);
  [files[i], files[at]] = [files[at], files[i]];
  const [path, text] = files[i];
  const screen = text.replace(IMPORTS, '').split('\n').slice(0, SCREEN).join('\n');
  console.log(`\n${'='.repeat(8)} ${path} (imports left out)\n${screen}`);
}
