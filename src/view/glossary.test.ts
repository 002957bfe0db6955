import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { FIELDS } from '../config/fields';
import { ARM_ORDER } from './arms';
import { CHARTS } from './chart-terms';
import { COLOR_MODES } from './graph/coloring';
import { findInGlossary, GLOSSARY } from './glossary';
import { TERMS } from './glossary-terms';
import { METRICS } from './benchmark';

test('every term, ranking, chart, colour, metric and setting is explained once, in a sentence', () => {
  const ids = GLOSSARY.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { label, about } of GLOSSARY) {
    expect(label).not.toContain('_');
    expect(about, label).toMatch(/^[\p{Lu}\d0].+\.$/u);
  }
  for (const chart of Object.keys(CHARTS)) expect(ids).toContain(`chart/${chart}`);
  for (const { id } of COLOR_MODES) expect(ids).toContain(`colour/${id}`);
  for (const arm of ARM_ORDER) expect(ids).toContain(`arm/${arm}`);
  for (const { path } of FIELDS) if (path !== 'title') expect(ids).toContain(`setting/${path}`);
  for (const { name } of METRICS) expect(TERMS[name]).toBeDefined();
});

/** Metrics by the names that the engine writes them under, wherever it does. */
function writtenMetrics(): string[] {
  const names = ['objectives', 'training', 'retrieval'].flatMap((folder) => {
    const root = fileURLToPath(new URL(`../${folder}`, import.meta.url));
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    );
    return files.flatMap((file) =>
      Array.from(
        readFileSync(join(root, file), 'utf8').matchAll(
          /'((?:loss|time|refresh|completions|clip_ratio)\/[a-z_]{2,})'/g,
        ),
        ([, name]) => name!,
      ),
    );
  });
  // These have the names of the ring's columns that they are summed in.
  const contrastive = readFileSync(new URL('../objectives/contrastive.ts', import.meta.url), 'utf8');
  const columns = Array.from(contrastive.matchAll(/step\.sum\('(\w+)'/g), ([, column]) => `loss/${column}`);
  return [...new Set([...names, ...columns])];
}

test('every metric that a run writes is explained, and not by its own name', () => {
  const names = writtenMetrics();
  expect(names).toContain('loss/infonce');
  expect(names.length).toBeGreaterThan(20);
  const ids = GLOSSARY.map(({ id }) => id);
  for (const name of names) expect(ids).toContain(`metric/${name}`);
});

test('it is searched', () => {
  expect(findInGlossary('ndcg')[0]?.label).toBe('nDCG@10');
  expect(findInGlossary('learning rate').length).toBeGreaterThan(3);
  expect(findInGlossary('no such thing at all')).toEqual([]);
});
