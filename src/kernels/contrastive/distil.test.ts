import { describe, expect, it } from 'vitest';
import { distilBackward, distilForward } from './distil.reference';
import { infonceBackward } from './infonce.reference';
import { assertGradient } from '../reference/finite-differences';
import { uniforms } from '../reference/test-data';

describe('distillation reference', () => {
  it('is the mean divergence of the rows, none where both agree', () => {
    const even = distilForward([0.2, 0.2, 1, 0], [1, 0, 0.5, 0], 2, { temperature: 0.5, teacherTemperature: 0.25 });
    const p = 1 / (1 + Math.exp(-4));
    expect(even.rows[0]).toBeCloseTo(p * Math.log(2 * p) + (1 - p) * Math.log(2 * (1 - p)), 13);
    // The same scores at twice the temperature: the same shares.
    expect(even.rows[1]).toBeCloseTo(0, 14);
    expect(even.loss).toBeCloseTo(even.rows[0]! / 2, 14);
  });

  it.each([0.05, 0.7])('has the gradient of finite differences, temperature %d', (temperature) => {
    const scores = uniforms(3 * 7, 1);
    const teacher = uniforms(3 * 7, 2);
    const temperatures = { temperature, teacherTemperature: 0.3 };
    const f = (): number => 3 * distilForward(scores, teacher, 3, temperatures).loss;
    const d = distilBackward(scores, teacher, 3, temperatures, 3);
    assertGradient('dscores', f, scores, d, { step: 1e-3 * temperature });
  });

  it('is InfoNCE where the teacher is sure of the positive', () => {
    const scores = uniforms(3 * 7, 1);
    const positive = [6, 0, 3];
    const teacher = new Float64Array(3 * 7);
    positive.forEach((at, i) => (teacher[i * 7 + at] = 1));
    const d = distilBackward(scores, teacher, 3, { temperature: 0.2, teacherTemperature: 1e-3 });
    infonceBackward(scores, positive, 0.2).forEach((value, i) => expect(d[i]).toBeCloseTo(value, 12));
  });
});
