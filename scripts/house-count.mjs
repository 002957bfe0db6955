// Counts what a change costs: places that a task, a setting, a metric and a message of the worker touch, names that are
// exported by two files, circles of imports, and lines. `node scripts/house-count.mjs [folder of another checkout [a task]]`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = /\.(ts|tsx)$/;
const TEST = /\.(test|test-data|e2e)\.tsx?$|\.d\.ts$|(^|\/)testing\.ts$|(^|\/)harness\.ts$/;
/** References have the names of what they are the reference of. */
const REFERENCE = /\.reference\.ts$|\/reference\//;

/** Files below `folder`, as paths from `root`, with their text. */
function filesBelow(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'));
}

/** The product's own source files with their texts, tests left out. */
export function sourcesOf(root) {
  const paths = filesBelow(root, 'src').filter((path) => SOURCE.test(path) && !TEST.test(path));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}

/** Names that two or more files export a declaration of, each with those files. References do not count. */
export function namesTwice(sources) {
  const found = new Map();
  for (const [path, text] of sources) {
    if (REFERENCE.test(path)) continue;
    const names = new Set(
      [
        ...text.matchAll(
          /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm,
        ),
      ].map(([, name]) => name),
    );
    for (const name of names) found.set(name, [...(found.get(name) ?? []), path]);
  }
  return [...found].filter(([, paths]) => paths.length > 1).sort(([a], [b]) => (a < b ? -1 : 1));
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*'(\.[^']+)'|(?:^|\n)import\s*'(\.[^']+)'/g;

/** Groups of files that import each other, types included; what is loaded by `import()` does not count. */
export function importCircles(sources) {
  const targetsOf = new Map(
    [...sources].map(([path, text]) => {
      const targets = [...text.matchAll(IMPORT)].flatMap(([, named, bare]) => {
        const target = join(dirname(path), (named ?? bare).split('?')[0]).replaceAll('\\', '/');
        return [target, `${target}.ts`, `${target}.tsx`, `${target}/index.ts`].find((at) => sources.has(at)) ?? [];
      });
      return [path, targets];
    }),
  );
  // Tarjan's strongly connected components.
  const order = new Map();
  const low = new Map();
  const stack = [];
  const circles = [];
  const visit = (path) => {
    order.set(path, order.size);
    low.set(path, order.get(path));
    stack.push(path);
    for (const target of targetsOf.get(path)) {
      if (!order.has(target)) {
        visit(target);
        low.set(path, Math.min(low.get(path), low.get(target)));
      } else if (stack.includes(target)) low.set(path, Math.min(low.get(path), order.get(target)));
    }
    if (low.get(path) !== order.get(path)) return;
    const circle = stack.splice(stack.indexOf(path));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const path of targetsOf.keys()) if (!order.has(path)) visit(path);
  return circles;
}

/** Files in which `pattern` stands; all of a folder that `own` names count as one. */
function places(sources, pattern, own) {
  const hits = [...sources].filter(([path, text]) => !REFERENCE.test(path) && pattern.test(text)).map(([path]) => path);
  return [...new Set(hits.map((path) => (own && path.startsWith(own) ? own : path)))];
}

/** The places that one of each kind of thing touches, by its name in the code. */
export const placesOf = {
  /** A task: files that name it. */
  task: (sources, name) =>
    places(sources, new RegExp(`['"]${name}['"]|tasks/${name}/|\\./${name}['"/]`), `src/tasks/${name}/`),
  /** A setting, `sft.margin`: files that declare it or say something of it by its path. */
  setting: (sources, path) => {
    const key = path.split('.').at(-1);
    return places(
      sources,
      new RegExp(`'${path}'|^\\s+${key}: (noted\\()?(real|whole|wholes|flag|line|option|some)\\(`, 'm'),
    );
  },
  /** A metric of training: files that say something of it by its name in `metrics.jsonl`; what measures it names its column. */
  metric: (sources, name) => places(sources, new RegExp(`'${name}'`)),
  /** A message of the worker: files that define it, as a method or a type of one. */
  message: (sources, name) =>
    places(sources, new RegExp(`\\b${name}\\(`)).filter((path) => path.startsWith('src/host/browser/')),
};

const EXAMPLES = {
  task: 'reverse',
  setting: 'sft.margin',
  metric: 'loss/triplet',
  message: 'graphStart',
};

function main(root, examples) {
  const sources = sourcesOf(root);
  for (const [kind, name] of Object.entries(examples)) {
    const found = placesOf[kind](sources, name);
    console.log(`places of a ${kind} (${name}): ${found.length}${found.map((path) => `\n  ${path}`).join('')}`);
  }
  const twice = namesTwice(sources);
  console.log(`names exported twice: ${twice.length}`);
  for (const [name, paths] of twice) console.log(`  ${name}: ${paths.join(', ')}`);
  const circles = importCircles(sources);
  console.log(`circles of imports: ${circles.length}`);
  for (const circle of circles) console.log(`  ${circle.join(', ')}`);
  const lines = [...sources.values()].reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  console.log(`source files: ${sources.size}, lines: ${lines}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [root = join(dirname(fileURLToPath(import.meta.url)), '..'), task = EXAMPLES.task] = process.argv.slice(2);
  main(resolve(root), { ...EXAMPLES, task });
}
