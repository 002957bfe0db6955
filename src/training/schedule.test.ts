import { describe, expect, it } from 'vitest';
import { adamwSettings, learningRate, type OptimiserSettings } from './schedule';

const settings: OptimiserSettings = {
  steps: 110,
  learning_rate: 0.5,
  warmup_steps: 10,
  lr_scheduler_type: 'linear',
  weight_decay: 0.1,
  decay_norms: false,
  adam_beta1: 0.8,
  adam_beta2: 0.95,
  max_grad_norm: 2,
};
const rates = (s: Partial<OptimiserSettings>): number[] => {
  const all = { ...settings, ...s };
  return Array.from({ length: all.steps }, (_, i) => learningRate(all, i + 1));
};

describe('the learning rate', () => {
  for (const lr_scheduler_type of ['linear', 'cosine', 'constant'] as const) {
    it(`climbs to its value in the warm-up: ${lr_scheduler_type}`, () => {
      const all = rates({ lr_scheduler_type });
      expect(all[0]).toBeCloseTo(0.05, 15);
      expect(all[4]).toBeCloseTo(0.25, 15);
      expect(all[9]).toBe(0.5);
      expect(all[10]).toBe(0.5);
      all.slice(11).forEach((rate, i) => expect(rate).toBeLessThanOrEqual(all[10 + i]!));
    });
  }

  it('falls along a line, to nothing after the last step', () => {
    const all = rates({});
    expect(all[60]).toBeCloseTo(0.25, 15);
    expect(all[109]).toBeCloseTo(0.5 / 100, 15);
    expect(learningRate(settings, 111)).toBe(0);
  });

  it('falls along a cosine', () => {
    const all = rates({ lr_scheduler_type: 'cosine' });
    expect(all[60]).toBeCloseTo(0.25, 15);
    expect(all[35]).toBeCloseTo(0.25 * (1 + Math.SQRT1_2), 14);
    expect(all[109]).toBeCloseTo(0.25 * (1 + Math.cos(Math.PI * 0.99)), 15);
    expect(learningRate({ ...settings, lr_scheduler_type: 'cosine' }, 111)).toBeCloseTo(0, 15);
  });

  it('stays', () => {
    expect(new Set(rates({ lr_scheduler_type: 'constant' }).slice(9))).toEqual(new Set([0.5]));
  });

  it('starts at its value without a warm-up, and climbs to the end of a stage that is all warm-up', () => {
    expect(rates({ warmup_steps: 0 })[0]).toBe(0.5);
    expect(rates({ warmup_steps: 0, steps: 1 })).toEqual([0.5]);
    expect(rates({ warmup_steps: 200, steps: 4 })).toEqual([1, 2, 3, 4].map((t) => (0.5 * t) / 200));
    expect(rates({ warmup_steps: 4, steps: 4 })[3]).toBe(0.5);
  });
});

it('clipping at 0 is no clipping', () => {
  expect(adamwSettings(settings)).toEqual({
    beta1: 0.8,
    beta2: 0.95,
    eps: 1e-8,
    weightDecay: 0.1,
    decayNorms: false,
    maxNorm: 2,
  });
  expect(adamwSettings({ ...settings, max_grad_norm: 0 }).maxNorm).toBe(Infinity);
});
