import { describe, expect, it } from 'vitest';
import { geluForward } from './gelu.reference';

/** torch.nn.functional.gelu in float64. */
const VALUES: readonly (readonly [number, number])[] = [
  [-12, 0],
  [-6, -5.919525869479969e-9],
  [-3.6, -0.0005727909245671903],
  [-3.5, -0.0008142017766243903],
  [-1, -0.15865525393145702],
  [-0.1, -0.0460172162722971],
  [0, 0],
  [0.3, 0.1853734266566858],
  [1, 0.841344746068543],
  [2.9, 2.8945891414288862],
  [3.6, 3.599427209075433],
  [20, 20],
];

describe('GELU reference', () => {
  it.each(VALUES)('of %d is the value of PyTorch', (x, value) => {
    const [found = NaN] = geluForward([x]);
    expect(Math.abs(found - value)).toBeLessThan(1e-13 + 1e-9 * Math.abs(value));
  });
});
