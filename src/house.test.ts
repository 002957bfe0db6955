import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../scripts/vulkan.mjs';
import { importCircles, namesTwice, sourcesOf } from '../scripts/house-count.mjs';

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

  test('has no circle of imports, those by types included', () => {
    expect(importCircles(sources)).toEqual([]);
    const circle = new Map([
      ['src/a.ts', "import { b } from './b';"],
      ['src/b.ts', "import type { A } from './a';"],
    ]);
    expect(importCircles(circle)).toEqual([['src/a.ts', 'src/b.ts']]);
  });
});
