import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../scripts/vulkan.mjs';
import { importCircles, namesTwice, placesOf, sourcesOf } from '../scripts/house-count.mjs';

const sources = sourcesOf(repositoryRoot);

describe('the house', () => {
  test('has one meaning for an exported name', () => {
    expect(namesTwice(sources)).toEqual([]);
    const twice = new Map([
      ['src/a.ts', 'export const one = 1;'],
      ['src/b.ts', 'export interface one {}'],
    ]);
    expect(namesTwice(twice)).toEqual([['one', ['src/a.ts', 'src/b.ts']]]);
  });

  test.each([
    ['task', 2, ['reverse']],
    ['setting', 1, ['sft.margin']],
    ['metric', 1, ['loss/triplet', 'loss/infonce', 'loss/distil']],
    ['message', 1, ['graphStart', 'whenFree', 'handOver', 'examples', 'cancelProfile']],
  ] as const)('has a %s in %i places', (kind, most, names) => {
    for (const name of names) {
      const places = placesOf[kind](sources, name);
      expect(places.length, `${name}: ${places.join(', ')}`).toBeGreaterThan(0);
      expect(places.length, `${name}: ${places.join(', ')}`).toBeLessThanOrEqual(most);
    }
  });

  test('has no circle of imports, those by types included', () => {
    expect(importCircles(sources)).toEqual([]);
    const circle = new Map([
      ['src/a.ts', "import { b } from './b';"],
      ['src/b.ts', "import type { A } from './a';"],
    ]);
    expect(importCircles(circle)).toEqual([['src/a.ts', 'src/b.ts']]);
  });
});
