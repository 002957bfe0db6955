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

  test('has no circle of imports beside the one by types around the GPU and what records on it', () => {
    const circles = importCircles(sources).filter((circle) => !circle.includes('src/gpu/gpu.ts'));
    expect(circles).toEqual([]);
    const circle = new Map([
      ['src/a.ts', "import { b } from './b';"],
      ['src/b.ts', "import type { A } from './a';"],
    ]);
    expect(importCircles(circle)).toEqual([['src/a.ts', 'src/b.ts']]);
  });
});
