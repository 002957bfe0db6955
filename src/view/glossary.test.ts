import { expect, test } from 'vitest';
import { FIELDS } from '../config/fields';
import { ARM_ORDER } from './arms';
import { findInGlossary, GLOSSARY } from './glossary';
import { TERMS } from './glossary-terms';
import { METRICS } from './benchmark';

test('every term, ranking, metric and setting is explained once, in a sentence', () => {
  const ids = GLOSSARY.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { label, about } of GLOSSARY) {
    expect(label).not.toContain('_');
    expect(about, label).toMatch(/^[\p{Lu}\d0].+\.$/u);
  }
  for (const arm of ARM_ORDER) expect(ids).toContain(`arm/${arm}`);
  for (const { path } of FIELDS) if (path !== 'title') expect(ids).toContain(`setting/${path}`);
  for (const { name } of METRICS) expect(TERMS[name]).toBeDefined();
});

test('it is searched', () => {
  expect(findInGlossary('ndcg')[0]?.label).toBe('nDCG@10');
  expect(findInGlossary('learning rate').length).toBeGreaterThan(3);
  expect(findInGlossary('no such thing at all')).toEqual([]);
});
