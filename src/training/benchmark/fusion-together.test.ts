import { describe, expect, it } from 'vitest';
import type { Ranked } from '../../retrieval/top-k';
import { developmentSet, type DevelopmentSet } from './development-set';
import { chooseTogether, fuseTogether } from './fusion-together';

const COUNT = 42;
const documents = Array.from({ length: COUNT }, (_, i) => ({
  id: `d${i}`,
  title: `On subject ${i}`,
  text: 'A text of five words and more',
}));
const set: DevelopmentSet = developmentSet({ documents, queries: [], splits: new Map() }, 'test');

/** Rankings that are sure and right of the titles that `knows` names, and a little wrong of the others. */
const knowing = (knows: (i: number) => boolean): Ranked[] =>
  documents.map((_, i) => {
    const found: [number, number][] = [[i, knows(i) ? 1 : 0.8], [(i + 1) % COUNT, knows(i) ? 0.1 : 1], [(i + 2) % COUNT, 0]]; // prettier-ignore
    found.sort((a, b) => b[1] - a[1]);
    return {
      rows: Int32Array.from(found, ([row]) => row),
      scores: Float32Array.from(found, ([, score]) => score),
    };
  });

describe('BM25, an embedder and the model as one ranking', () => {
  it('gives each a weight where each knows what the others do not', () => {
    const third = (k: number) => knowing((i) => i % 3 === k);
    const rankings = { words: third(0), rival: third(1), model: third(2) };
    const choice = chooseTogether(set, rankings, 'MiniLM');
    const { weights } = choice;
    expect(weights.words + weights.rival + weights.model).toBeCloseTo(1, 12);
    for (const weight of Object.values(weights)) expect(weight).toBeGreaterThan(0);
    expect(choice.ndcg_cut_10).toBe(1);
    expect(choice.without_model).toBeLessThan(1);
    expect(choice.weights_without.model).toBe(0);
    expect(choice.weights_without.words + choice.weights_without.rival).toBeCloseTo(1, 12);
    expect(fuseTogether(choice, rankings, documents).every(({ rows }, i) => rows[0] === i)).toBe(true);
    expect(choice.why).toMatch(
      /% BM25, \d+ % MiniLM and \d+ % the model; no other split has judged queries: chosen on 42 titles/,
    );
    expect(choice.why).toMatch(/nDCG@10 there is 1\.000, \.\d{3} at best without the model\.$/);
  });

  it('leaves the model out where it adds nothing, and the embedder too', () => {
    const [all, none] = [knowing(() => true), knowing(() => false)];
    expect(chooseTogether(set, { words: all, rival: none, model: none }, 'MiniLM')).toMatchObject({
      weights: { words: 1, rival: 0, model: 0 },
      weights_without: { words: 1, rival: 0, model: 0 },
      ndcg_cut_10: 1,
      without_model: 1,
    });
    const rival = chooseTogether(set, { words: none, rival: all, model: all }, 'MiniLM');
    expect(rival.weights.model).toBe(0);
    expect(rival.without_model).toBe(1);
    // What alone has a weight is the fusion as it is.
    expect(fuseTogether({ weights: { words: 0, rival: 1, model: 0 } }, { words: none, rival: all, model: none }, documents)).toEqual(all); // prettier-ignore
  });

  it('is equal where there is nothing to choose by', () => {
    const nothing = developmentSet({ documents: documents.slice(0, 5), queries: [], splits: new Map() }, 'test');
    const choice = chooseTogether(nothing, { words: [], rival: [], model: [] }, 'MiniLM');
    expect(choice).toMatchObject({ on: 'nothing', queries: 0, ndcg_cut_10: null, without_model: null });
    expect(choice.weights.words).toBeCloseTo(1 / 3, 12);
    expect(choice.weights_without).toEqual({ words: 0.5, rival: 0.5, model: 0 });
    expect(choice.weights.model).toBe(choice.weights.words);
  });
});
