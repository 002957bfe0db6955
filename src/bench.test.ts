import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Scripts that no test calls, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'cluster-seeds': 'it takes Python; python/ trains a handed-over run',
  fingerprints: 'a test compares the same sessions',
  'firefox-reads': 'it takes Firefox, and has nothing to break but its own page',
  fuzz: 'a test spoils the same files',
  gpu: 'the journeys of the speed page run the same parts',
  'graph-frames': 'a journey scrubs the same graph',
  kills: 'a test kills the same runs',
  'lora-beside-torch': 'it takes weights and Python',
  'own-documents': 'it takes weights',
  'page-heap': 'a journey looks at the same heap',
  'page-shards': 'a journey streams the same model',
  paired: 'it takes a second checkout',
  'real-page': 'it takes weights',
  'real-run': 'it takes weights',
  reproducing: 'it takes two adapters and most of an hour',
  'smart-collection': 'it takes a collection that others hand on',
  world: 'it takes weights',
};

const named = (text: string): string[] => [...text.matchAll(/^ {2}\['([\w-]+)/gm)].map(([, name]) => name!);

it('every script that makes figures is tested in small, or it is said why not', () => {
  const scripts = readdirSync('bench')
    .filter((file) => file.endsWith('.ts'))
    .filter((file) =>
      readFileSync(`bench/${file}`, 'utf8')
        .slice(0, 1500)
        .match(/node scripts\/bench\.mjs|npm run bench -- /),
    ) // prettier-ignore
    .map((file) => file.slice(0, -3));
  const tested = ['src/bench.gpu.test.ts', 'e2e/scripts.e2e.ts'].flatMap((path) => named(readFileSync(path, 'utf8')));
  expect([...tested, ...Object.keys(LEFT_OUT)].sort()).toEqual(scripts.sort());
});
