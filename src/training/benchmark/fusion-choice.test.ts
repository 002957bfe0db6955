import { describe, expect, it } from 'vitest';
import type { Ranked } from '../../retrieval/top-k';
import { FUSION_WEIGHTS } from '../../retrieval/weighted-fusion';
import { developmentSet, type DevelopmentSet } from './development-set';
import { chooseWeight, fuseChosen } from './fusion-choice';

const COUNT = 40;
const documents = Array.from({ length: COUNT }, (_, i) => ({
  id: `d${i}`,
  title: `On subject ${i}`,
  text: 'A text of five words and more',
}));
const set: DevelopmentSet = developmentSet({ documents, queries: [], splits: new Map() }, 'test');
const ranked = (...found: [row: number, score: number][]): Ranked => ({
  rows: Int32Array.from(found, ([row]) => row),
  scores: Float32Array.from(found, ([, score]) => score),
});
/** For every title a ranking in which its own document has one score, and its neighbour another. */
const rankings = (own: (i: number) => number, other: (i: number) => number): Ranked[] =>
  documents.map((_, i) => {
    const found: [number, number][] = [[i, own(i)], [(i + 1) % COUNT, other(i)], [(i + 2) % COUNT, 0]]; // prettier-ignore
    return ranked(...found.sort((a, b) => b[1] - a[1]));
  });
const right = rankings(() => 1, () => 0.5); // prettier-ignore
const wrong = rankings(() => 0.5, () => 1); // prettier-ignore

describe('the weight of a fusion', () => {
  it('is 0 where the model only harms, and of equal ones the smallest', () => {
    const harmed = chooseWeight(set, { words: right, model: wrong });
    expect(harmed).toMatchObject({ weight: 0, on: 'titles', split: null, queries: COUNT });
    expect(harmed.ndcg_cut_10).toHaveLength(FUSION_WEIGHTS.length);
    expect(harmed.why).toContain('Weights: BM25 alone; no other split has judged queries: chosen on 40 titles');
    expect(harmed.why).toContain('nDCG@10 there is 1.000, 1.000 by BM25 alone and .631 by the model alone.');
    expect(chooseWeight(set, { words: right, model: right }).weight).toBe(0);
  });

  it('is that of the best mean where each knows what the other does not', () => {
    const half = (sure: (i: number) => boolean): Ranked[] =>
      rankings((i) => (sure(i) ? 1 : 0.8), (i) => (sure(i) ? 0.1 : 1)); // prettier-ignore
    const words = half((i) => i % 2 === 0);
    const model = half((i) => i % 2 === 1);
    const choice = chooseWeight(set, { words, model });
    expect(choice.weight).toBeGreaterThan(0);
    expect(choice.weight).toBeLessThan(1);
    expect(Math.max(...choice.ndcg_cut_10)).toBe(1);
    expect(fuseChosen(choice, { words, model }, documents).every(({ rows }, i) => rows[0] === i)).toBe(true);
  });

  it('gives the model a say where BM25 finds nothing', () => {
    const choice = chooseWeight(set, { words: documents.map(() => ranked()), model: right });
    // At any other weight the model's ranking is the same: the smallest that has it.
    expect(choice.weight).toBe(0.1);
    expect(choice.why).toContain('90 % BM25 and 10 % the model');
  });

  it('is equal where there is nothing to choose by', () => {
    const nothing = developmentSet({ documents: documents.slice(0, 5), queries: [], splits: new Map() }, 'test');
    expect(chooseWeight(nothing, { words: [], model: [] })).toEqual({
      weight: 0.5,
      on: 'nothing',
      split: null,
      queries: 0,
      ndcg_cut_10: [],
      why: 'Weights: no other split has judged queries, and 5 titles can be asked for, fewer than 20: both count the same.',
    });
  });
});
