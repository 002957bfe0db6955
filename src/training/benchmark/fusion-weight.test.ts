import { describe, expect, it } from 'vitest';
import { bestWeight } from './fusion-weight';

const bodies = ['a', 'b', 'c'].map((id) => ({ id }));
const ranked = (...rows: number[]) => ({ rows: Int32Array.from(rows), scores: Float32Array.from(rows, () => 0) });
const titles = [0, 1, 2].map((row) => ({ text: '', row }));

describe('the weight of a model in a fusion', () => {
  it('is none where words find every title', () => {
    const right = titles.map(({ row }) => ranked(row));
    const wrong = titles.map(({ row }) => ranked((row + 1) % 3, row));
    expect(bestWeight(bodies, titles, right, wrong)).toMatchObject({ chosen: 0, tuning: [{ ndcg_cut_10: 1 }, {}, {}, {}, {}, {}, {}, {}] }); // prettier-ignore
  });

  it('is the smallest with which what the model finds counts', () => {
    // Words know two titles and nothing of the third, which any weight finds.
    const words = [ranked(0), ranked(1), ranked()];
    const model = titles.map(({ row }) => ranked(row));
    const { chosen, tuning } = bestWeight(bodies, titles, words, model);
    expect(chosen).toBe(0.05);
    expect(tuning[0]!.ndcg_cut_10).toBeCloseTo(2 / 3);
  });
});
