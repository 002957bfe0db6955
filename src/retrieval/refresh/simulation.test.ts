import { describe, expect, it } from 'vitest';
import { DriftingModel } from './drift.test-data';
import { Refresher } from './refresher';
import type { RefreshSettings } from './settings';

const STEPS = 30;

interface Outcome {
  error: number;
  /** The error if the searches before the refresh were scored. */
  errorBefore: number;
  recall: number;
}

/** Means over the second half of a run. */
async function simulate(settings: Partial<RefreshSettings>, seed: number): Promise<Outcome> {
  const model = new DriftingModel(500, 16, 0.04, 0.02, seed);
  const refresher = Refresher.create(await model.encodeAll(), model.dimension, { settings, graph: { m: 8 }, seed });
  const outcome: Outcome = { error: 0, errorBefore: 0, recall: 0 };
  for (let step = 1; step <= STEPS; step++) {
    model.advance();
    const sampled = step > STEPS / 2;
    const { metrics } = await refresher.step({
      step,
      queries: model.queries(24, step),
      encode: model.encode,
      ...(sampled ? { fresh: await model.encodeAll() } : {}),
    });
    if (!sampled) continue;
    outcome.error += (metrics['refresh/reward_error'] ?? NaN) / (STEPS / 2);
    outcome.errorBefore += (metrics['refresh/reward_error_before'] ?? NaN) / (STEPS / 2);
    outcome.recall += (metrics['refresh/recall'] ?? NaN) / (STEPS / 2);
  }
  return outcome;
}

describe('refresh policies on embeddings that drift', () => {
  it.each([1, 2, 3])(
    'none > local > local with compensation in reward error, and refresh comes before scoring (seed %i)',
    { timeout: 30_000 },
    async (seed) => {
      const none = await simulate({ policy: 'none' }, seed);
      const local = await simulate({ policy: 'local', compensation: false }, seed);
      const compensated = await simulate({ policy: 'local' }, seed);
      expect(local.error).toBeLessThan(0.6 * none.error);
      expect(compensated.error).toBeLessThan(0.5 * local.error);
      expect(compensated.recall).toBeGreaterThan(local.recall + 0.05);
      expect(local.error).toBeLessThan(0.85 * local.errorBefore);
      expect(compensated.error).toBeLessThan(compensated.errorBefore);
    },
  );

  it('has no error to speak of where everything is encoded anew', { timeout: 30_000 }, async () => {
    const full = await simulate({ policy: 'full' }, 1);
    expect(full.error).toBeLessThan(0.005);
    expect(full.recall).toBeGreaterThan(0.98);
  });
});
