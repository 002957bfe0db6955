import { describe, expect } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import type { PartialSession } from '../config/session';
import type { Gpu } from '../gpu/gpu';
import { testWithGpu } from '../gpu/testing';
import { assertClose, MODEL_TOLERANCE } from '../lib/tolerance';
import type { StepMetrics } from '../records/records';
import { readRunState, writeRunState } from './run-state-file';
import { SessionRun, type RunState } from './session-run';
import { sessionCost } from './cost';
import { SILENT } from './silent';

/** All stages, every loss, in this many parts. */
const inParts = (micro_batches: number, overrides: PartialSession = {}) =>
  parseSession(
    secondsSession({
      ...overrides,
      model: { micro_batches, ...overrides.model },
      pretrain: { steps: 3 },
      sft: { steps: 4, weight_kl: 0.1, ...overrides.sft },
      grpo: { steps: 3, contrastive_weight: 0.2, contrastive_min_reward: 0, num_iterations: 2 },
      environment: { audit_every: 2 },
      checkpoint: { every: 2 },
    }),
    'parts',
  );

function begin(gpu: Gpu, session = inParts(1)) {
  const metrics: StepMetrics[] = [];
  const states: RunState[] = [];
  const run = new SessionRun(gpu, session, {
    ...SILENT,
    metrics: (steps) => metrics.push(...steps),
    checkpoint: (state) => Promise.resolve(void states.push(state)),
  });
  return { run, metrics, states };
}

describe('a session in micro-batches', () => {
  testWithGpu('learns what it does on whole batches, within the tolerance', async ({ gpu }) => {
    const whole = begin(gpu);
    while (await whole.run.advance());
    for (const parts of [2, 5, 4096]) {
      const other = begin(gpu, inParts(parts));
      while (await other.run.advance());
      expect(other.run.fingerprintSoFar.value).not.toBe(whole.run.fingerprintSoFar.value);
      // Up to stage 2, where a token that falls otherwise changes all that follows.
      whole.metrics.slice(0, 7).forEach((line, at) => {
        const found = other.metrics[at]!;
        const { micro_batches, ...rest } = found;
        expect(Number(micro_batches)).toBeGreaterThan(1);
        expect(Object.keys(rest)).toEqual(Object.keys(line));
        const names = Object.keys(line).filter((name) => name.startsWith('loss') || name === 'grad_norm');
        expect(names.length).toBeGreaterThan(1);
        for (const name of names) {
          const [a, b] = [Number(found[name]), Number(line[name])];
          assertClose(`${name} of step ${line.step} in ${parts}`, [a], [b], MODEL_TOLERANCE.trajectory);
        }
      });
      expect(other.metrics.map(({ tokens }) => tokens).slice(0, 7)).toEqual(whole.metrics.map(({ tokens }) => tokens).slice(0, 7)); // prettier-ignore
      other.run.destroy();
    }
    whole.run.destroy();
  });

  testWithGpu('gives the same bits twice, and goes on from any checkpoint with them', async ({ gpu }) => {
    const first = begin(gpu, inParts(3));
    while (await first.run.advance());
    expect(first.metrics).toHaveLength(10);
    const { value } = first.run.fingerprintSoFar;
    const again = begin(gpu, inParts(3, { model: { activations: 'recompute' } }));
    while (await again.run.advance(1));
    expect(again.run.fingerprintSoFar.value).toBe(value);
    again.run.destroy();
    for (const state of first.states) {
      const resumed = begin(gpu, inParts(3));
      await resumed.run.restore(readRunState(writeRunState(state, 'hash'), 'hash', 'state'));
      while (await resumed.run.advance());
      expect(resumed.run.fingerprintSoFar.value, `resumed after step ${state.step}`).toBe(value);
      resumed.run.destroy();
    }
    first.run.destroy();
  });

  testWithGpu('takes less memory the more parts there are, until a part is one sequence', async () => {
    const bytes = await Promise.all(
      [1, 2, 4, 8, 4096, 2048].map(async (parts) => (await sessionCost(inParts(parts, { sft: { batch_size: 32 } }))).gpuBytes), // prettier-ignore
    );
    for (let i = 1; i < 5; i++) expect(bytes[i]).toBeLessThan(bytes[i - 1]!);
    expect(bytes[5]).toBe(bytes[4]);
  });
});
