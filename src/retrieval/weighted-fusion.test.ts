import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ranked } from './top-k';
import { fuseWeighted, FUSION_WEIGHTS } from './weighted-fusion';

const ranked = (...found: [row: number, score: number][]): Ranked => ({
  rows: Int32Array.from(found, ([row]) => row),
  scores: Float32Array.from(found, ([, score]) => score),
});
const words = ranked([2, 8], [0, 4], [1, 2]);
const model = ranked([3, 0.9], [0, 0.8], [2, 0.5]);

describe('fusion by weight', () => {
  it('adds up as worked out by hand', () => {
    const { rows, scores } = fuseWeighted({ words, model }, 0.25, 5, 9);
    expect([...rows]).toEqual([2, 0, 3, 1]);
    [0.75, 0.375 + 0.25 * 0.75, 0.25, 0.1875].forEach((score, i) => expect(scores[i]).toBeCloseTo(score, 6));
    expect([...fuseWeighted({ words, model }, 0.25, 5, 2).rows]).toEqual([2, 0]);
  });

  it('is one ranking or the other at the ends', () => {
    expect(FUSION_WEIGHTS.at(0)).toBe(0);
    expect(FUSION_WEIGHTS.at(-1)).toBe(1);
    expect(fuseWeighted({ words, model }, 0, 5, 9)).toBe(words);
    expect(fuseWeighted({ words, model }, 1, 5, 9)).toBe(model);
  });

  it('breaks ties as asked, and stands rankings of nothing or of equal scores', () => {
    const none = ranked();
    expect([...fuseWeighted({ words: none, model: none }, 0.5, 5, 9).rows]).toEqual([]);
    expect([...fuseWeighted({ words: none, model }, 0.5, 5, 9).rows]).toEqual([3, 0, 2]);
    const same = ranked([4, 1], [1, 1]);
    expect([...fuseWeighted({ words: none, model: same }, 0.5, 5, 9).rows]).toEqual([1, 4]);
    expect([...fuseWeighted({ words: none, model: same }, 0.5, 5, 9, (a, b) => b - a).rows]).toEqual([4, 1]);
  });

  it('finds what either found, each document once, at every weight', () => {
    const ranking = fc.uniqueArray(fc.nat({ max: 50 }), { maxLength: 40 });
    fc.assert(
      fc.property(ranking, ranking, fc.constantFrom(...FUSION_WEIGHTS.slice(1, -1)), (a, b, weight) => {
        const of = (all: number[]): Ranked => ranked(...all.map((row, i): [number, number] => [row, 1 / (1 + i)]));
        const { rows, scores } = fuseWeighted({ words: of(a), model: of(b) }, weight, 51, 51);
        expect([...rows].sort()).toEqual([...new Set([...a, ...b])].sort());
        expect([...scores]).toEqual([...scores].sort((x, y) => y - x));
      }),
    );
  });
});
