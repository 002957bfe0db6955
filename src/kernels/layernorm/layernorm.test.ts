import { describe, expect, it } from 'vitest';
import { layernormForward } from './layernorm.reference';

describe('layer norm reference', () => {
  it('takes the mean out and divides by the deviation, row by row', () => {
    const y = layernormForward([1, 3, 10, 10], [2, 3], [0.5, -0.5], 1e-12);
    [-1.5, 2.5, 0.5, -0.5].forEach((value, i) => expect(y[i]).toBeCloseTo(value, 10));
  });

  it('is the value of PyTorch', () => {
    // torch.nn.functional.layer_norm(torch.tensor([[.5, -1., 2.]], dtype=torch.float64), (3,), w, b, 1e-3)
    const y = layernormForward([0.5, -1, 2], [1, 2, -1], [0, 1, 0.25], 1e-3);
    const sigma = Math.sqrt(1.5 + 1e-3);
    [0, 1 - 3 / sigma, 0.25 - 1.5 / sigma].forEach((value, i) => expect(y[i]).toBeCloseTo(value, 12));
  });
});
