import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes, evaluateRun, meanMetrics, METRIC_NAMES, queryMetrics, rankDocuments } from './metrics';

describe('queryMetrics', () => {
  it('matches values worked out by hand', () => {
    const grades = new Map([
      ['a', 3],
      ['b', 1],
      ['c', 2],
      ['bad', -1],
      ['none', 0],
    ]);
    const metrics = queryMetrics(['bad', 'b', 'x', 'a'], grades);
    expect(metrics?.ndcg_cut_10).toBeCloseTo(
      (1 / Math.log2(3) + 3 / Math.log2(5)) / (3 + 2 / Math.log2(3) + 1 / Math.log2(4)),
      12,
    );
    expect(metrics?.recall_100).toBeCloseTo(2 / 3, 12);
    expect(metrics?.recip_rank_cut_10).toBe(1 / 2);
    expect(metrics?.map).toBeCloseTo((1 / 2 + 2 / 4) / 3, 12);
    expect(metrics?.success_1).toBe(0);
  });

  it('cuts at the depths of its names', () => {
    const ranking = Array.from({ length: 150 }, (_, i) => i);
    const at = (row: number): ReturnType<typeof queryMetrics> => queryMetrics(ranking, new Map([[row, 1]]));
    expect(at(0)).toEqual({ ndcg_cut_10: 1, recall_100: 1, recip_rank_cut_10: 1, map: 1, success_1: 1 });
    expect(at(9)).toMatchObject({ ndcg_cut_10: 1 / Math.log2(11), recip_rank_cut_10: 0.1 });
    expect(at(10)).toMatchObject({ ndcg_cut_10: 0, recip_rank_cut_10: 0, recall_100: 1, map: 1 / 11 });
    expect(at(99)).toMatchObject({ recall_100: 1 });
    expect(at(100)).toMatchObject({ recall_100: 0, map: 1 / 101 });
  });

  it('says null where nothing is relevant', () => {
    expect(queryMetrics(['a'], new Map([['a', 0]]))).toBeNull();
    expect(queryMetrics(['a'], new Map())).toBeNull();
  });

  it('lies in [0, 1], is 1 for the ideal ranking, and never falls when a relevant document moves up', () => {
    const judged = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(judged, fc.nat(), (gradeList, seed) => {
        const grades = new Map(gradeList.map((grade, id) => [id, grade]));
        const ranking = gradeList.map((_, id) => id);
        const metrics = queryMetrics(ranking, grades);
        if (metrics === null) return;
        for (const name of METRIC_NAMES) {
          expect(metrics[name]).toBeGreaterThanOrEqual(0);
          expect(metrics[name]).toBeLessThanOrEqual(1 + 1e-12);
        }
        const ideal = queryMetrics(
          [...ranking].sort((a, b) => gradeList[b]! - gradeList[a]!),
          grades,
        );
        expect(ideal?.ndcg_cut_10).toBeCloseTo(1, 12);
        const row = 1 + (seed % (ranking.length - 1));
        if (gradeList[row]! <= gradeList[row - 1]!) return;
        [ranking[row - 1], ranking[row]] = [ranking[row]!, ranking[row - 1]!];
        const better = queryMetrics(ranking, grades);
        for (const name of METRIC_NAMES) expect(better?.[name]).toBeGreaterThanOrEqual(metrics[name] - 1e-12);
      }),
    );
  });
});

describe('evaluateRun', () => {
  it('counts a query without results as 0 and leaves out one without relevant documents', () => {
    const qrels = new Map([
      ['found', new Map([['a', 1]])],
      ['absent', new Map([['a', 1]])],
      ['irrelevant', new Map([['a', 0]])],
    ]);
    const { mean, perQuery, queriesNotInRun, queriesWithoutRelevant } = evaluateRun(
      new Map([
        ['found', [{ id: 'a', score: 1 }]],
        ['unjudged', [{ id: 'a', score: 1 }]],
      ]),
      qrels,
    );
    expect([...perQuery.keys()]).toEqual(['found', 'absent']);
    expect(mean.ndcg_cut_10).toBe(0.5);
    expect([queriesNotInRun, queriesWithoutRelevant]).toEqual([1, 1]);
  });

  it('has means of 0 for no query', () => {
    expect(meanMetrics([])).toEqual({ ndcg_cut_10: 0, recall_100: 0, recip_rank_cut_10: 0, map: 0, success_1: 0 });
  });
});

describe("trec_eval's order", () => {
  it('is by score as f32, then by id, both descending', () => {
    const documents = [
      { id: 'a', score: 1 },
      { id: 'c', score: 1 + 1e-12 },
      { id: 'b', score: 1 },
      { id: '10', score: 2 },
      { id: '9', score: 2 },
    ];
    expect(rankDocuments(documents)).toEqual(['9', '10', 'c', 'b', 'a']);
  });

  it('compares ids as bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
    expect(compareBytes('\u{1F600}', '\uFFFD')).toBeGreaterThan(0);
  });
});
