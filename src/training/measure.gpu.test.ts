import { describe, expect } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import { testWithGpu } from '../gpu/testing';
import { NO_DATA } from '../tasks/task-data';
import { measureSession } from './measure';

// The gate would refuse untrained weights, and stage 2 as it stands ends after two steps.
const session = parseSession(secondsSession({ grpo: { gate: true } }), 'measured');

const NONE = { files: NO_DATA, base: null };

describe('the measure of a session', () => {
  testWithGpu('is a time for each of its stages and for an evaluation, and nothing stays', async ({ gpu }) => {
    const before = { ...gpu.counters };
    const speed = await measureSession(gpu, session, NONE, () => false);
    expect(speed!.stages.map(({ stage }) => stage)).toEqual(['pretrain', 'sft', 'grpo']);
    for (const { milliseconds } of speed!.stages) expect(milliseconds).toBeGreaterThan(0);
    expect(speed!.evaluation).toBeGreaterThan(0);
    const { liveBuffers, liveBytes } = gpu.counters;
    expect({ liveBuffers, liveBytes }).toEqual({ liveBuffers: before.liveBuffers, liveBytes: before.liveBytes });
    const short = parseSession(secondsSession({ pretrain: { steps: 0 }, grpo: { steps: 0 } }));
    expect((await measureSession(gpu, short, NONE, () => false))?.stages).toHaveLength(1);
  });

  testWithGpu('ends between two steps where it is cancelled', async ({ gpu }) => {
    const { liveBytes } = gpu.counters;
    let asked = 0;
    expect(await measureSession(gpu, session, NONE, () => ++asked > 1)).toBeNull();
    expect(asked).toBe(2);
    expect(gpu.counters.liveBytes).toBe(liveBytes);
  });
});
