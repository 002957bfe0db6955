import { describe, expect, it } from 'vitest';
import { judgeReasoning } from './reasoning-verdict';

const none = Array.from({ length: 60 }, (_, i) => 0.3 + (i % 5) / 20);
const by = (change: (i: number) => number): number[] => none.map((value, i) => value + change(i));

describe('whether reasoning helps on a collection', () => {
  it('is said to where its interval lies above zero', () => {
    const verdict = judgeReasoning(none, by((i) => 0.1 + (i % 3) / 50)); // prettier-ignore
    expect(verdict.best).toBe('reasoning');
    expect(verdict.over_none.mean).toBeCloseTo(0.12, 10);
    expect(verdict.why).toMatch(
      /^Reasoning is best here; nDCG@10 is 0\.520 after reasoning and 0\.400 at once, \+0\.120 \(95 % \+0\.1\d\d to \+0\.1\d\d\) over 60 queries\.$/,
    );
  });

  it('is said to hurt where it lies below', () => {
    const verdict = judgeReasoning(none, by((i) => -0.05 - (i % 3) / 50)); // prettier-ignore
    expect([verdict.best, verdict.over_none.ci95[1] < 0]).toEqual(['none', true]);
    expect(verdict.why).toContain('No reasoning is best here: it hurts; nDCG@10 is 0.330 after reasoning');
  });

  it('is not said to where the queries cannot tell, however the mean lies', () => {
    for (const sign of [1, -1]) {
      const verdict = judgeReasoning(none, by((i) => 0.001 * sign + (i % 2 === 0 ? 0.1 : -0.1))); // prettier-ignore
      expect(verdict.best).toBe('none');
      expect(verdict.why).toContain('No reasoning is the answer here: these queries do not show that it helps');
    }
  });
});
