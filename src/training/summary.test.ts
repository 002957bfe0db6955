import { describe, expect, it } from 'vitest';
import type { TaskQuery } from '../tasks/task';
import { summarise } from './summary';

const query = (depth: number, rest: Partial<TaskQuery> = {}): TaskQuery => ({
  id: 'q',
  text: 'q',
  depth,
  relevant: [{ document: 3, grade: 1 }],
  hardNegatives: [],
  trace: '',
  supervised: true,
  split: 'test',
  ...rest,
});
const OPTIONS = { resamples: 200, seed: 1 };

describe('summarise', () => {
  it('has no headline and no kinds where the task tells none', () => {
    const result = summarise([query(1), query(2)], [[1], [2]], OPTIONS);
    expect(result.success_1).toBe(0.5);
    expect(Object.keys(result.by_depth)).toEqual(['1', '2']);
    expect(result).not.toHaveProperty('headline');
    expect(result).not.toHaveProperty('by_kind');
  });

  it('gives kinds of composed queries alone, and the headline over those that count', () => {
    const queries = [
      query(1, { kind: 'a', cluster: 'x' }),
      query(2, { kind: 'a', cluster: 'x', headline: true }),
      query(2, { kind: 'b', cluster: 'x', headline: true }),
      query(2, { kind: 'c', cluster: 'y' }),
    ];
    const { by_kind, headline } = summarise(queries, [[5], [1], [2], [1]], OPTIONS);
    expect(by_kind?.['a']?.success_1).toBe(1);
    expect(Object.keys(by_kind ?? {})).toEqual(['a', 'b', 'c']);
    expect(headline).toMatchObject({ success_1: 0.5, recip_rank_cut_10: 0.75, queries: 2, clusters: 1 });
  });

  it('draws whole clusters, so that a few of them leave a wider interval than many queries', () => {
    const ranks = Array.from({ length: 40 }, (_, i) => [i < 20 ? 1 : 9]);
    const alone = summarise(
      ranks.map(() => query(2)),
      ranks,
      OPTIONS,
    ).ci95.success_1!;
    const tied = summarise(
      ranks.map((_, i) => query(2, { cluster: i < 20 ? 'x' : 'y' })),
      ranks,
      OPTIONS,
    ).ci95.success_1!;
    expect(tied).toEqual([0, 1]);
    expect(alone[1] - alone[0]).toBeLessThan(0.4);
  });
});
