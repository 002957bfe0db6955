import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { stepState } from '../adamw/adamw';
import { clipCoefficient } from '../adamw/adamw.reference';
import { singles, testKernel } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { lossScaleWords, readLossScale, scaleGradient, unscale, type LossScaleState } from './loss-scale';

const SETTINGS = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0, maxNorm: 1 };

describe('the loss scale', () => {
  for (const [live, limit, columns] of [
    [1, 1, 1],
    [17, 61, 5],
    [65, 65, 129],
    [0, 5, 3],
  ] as const)
    // prettier-ignore
    testKernel(`multiplies a gradient of ${live} of ${limit} rows by ${columns}, to the bit`, async (bench) => {
      const start = singles(live * columns, 1);
      const gradient = bench.floats([...start, ...new Float32Array((limit - live) * columns).fill(7)]);
      const scale = bench.integers([...lossScaleWords({ scale: 2 ** 15, good: 3, skipped: 4 })]);
      const rows = liveRows(limit, COUNT.TOKENS);
      await bench.run((recorder, context) => scaleGradient(recorder, context, { rows, columns, scale, gradient }), {
        TOKENS: live,
      });
      const found = await bench.read(gradient);
      expect([...found]).toEqual(Array.from(found, (_, i) => (i < start.length ? start[i]! * 2 ** 15 : 7)));
    });

  testKernel(
    'is halved by an overflow, which skips the step, and doubled after enough steps without',
    async (bench) => {
      const state = bench.integers([0, 0, 0, 0]);
      const scale = bench.integers([...lossScaleWords({ scale: 1024, good: 0, skipped: 0 })]);
      const clip = bench.output(1);
      // 8 slots of a norm, something else, the scale and the skipped steps.
      const ring = bench.output(32);
      const program = await bench.record((recorder) =>
        unscale(recorder, {
          state,
          scale,
          clip,
          ring,
          width: 4,
          normColumn: 0,
          scaleColumn: 2,
          maxNorm: 1,
          interval: 3,
        }),
      );
      const expected: LossScaleState = { scale: 1024, good: 0, skipped: 0 };
      const norms = [0.5, 2, Infinity, 3, NaN, 0, 1e-3, 5, -Infinity, 1];
      for (const [t, norm] of norms.entries()) {
        const { scale: before } = expected;
        bench.gpu.write(state, stepState(t % 8, 0.1, SETTINGS, t + 1));
        bench.gpu.write(ring, Float32Array.of(norm * before, 7), (t % 8) * 16);
        program.run();
        const isGood = Number.isFinite(norm);
        expected.good = isGood ? (expected.good + 1) % 3 : 0;
        if (!isGood) expected.scale /= 2;
        else if (expected.good === 0) expected.scale *= 2;
        if (!isGood) expected.skipped++;
        const factor = isGood ? clipCoefficient(norm, 1) / before : -1;
        await bench.close(`factor of step ${t}`, clip, [factor], KERNEL_TOLERANCE.optimizer.forward);
        expect(readLossScale(await bench.integersOf(scale)), `step ${t}`).toEqual(expected);
        const row = (await bench.read(ring)).slice((t % 8) * 4, (t % 8) * 4 + 4);
        expect([...row].slice(1)).toEqual([7, before, expected.skipped]);
        if (isGood) expect(row[0]).toBeCloseTo(norm, 5);
        else expect(Number.isFinite(row[0])).toBe(false);
      }
      expect(expected.skipped).toBe(3);
    },
  );
});
