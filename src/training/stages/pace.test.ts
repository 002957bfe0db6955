import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RING_SLOTS } from '../loss-ring';
import { StagePace } from './pace';

const step = (t: number) => ({ t, rate: 0.5, tokens: 100, slot: t % RING_SLOTS, microBatches: null });

/** A step that answers with its slots as gradient norms, and ten times them as losses. */
const measured = () => ({
  submits: 0,
  read: (slots: readonly number[]) =>
    Promise.resolve(slots.map((slot) => ({ metrics: { loss: slot * 10 }, gradNorm: slot }))),
});
const losses = (i: number) => ({ 'loss/i': i });

describe("a stage's pace", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is the time from the first queued step to the flush, shared out; each step has its line', async () => {
    const pace = new StagePace();
    const run = measured();
    expect([pace.isMeasuring, pace.milliseconds, pace.waiting]).toEqual([true, 0, 0]);
    vi.advanceTimersByTime(5000);
    for (const t of [1, 2, 3, 4]) {
      pace.queued(step(t));
      vi.advanceTimersByTime(60);
    }
    expect(pace.waiting).toBe(4);
    vi.advanceTimersByTime(760);
    const lines = await pace.flush(run, 'sft', losses);
    expect(lines.map(({ step, 'time/step': seconds }) => [step, seconds])).toEqual([1, 2, 3, 4].map((t) => [t, 0.25]));
    expect(lines[2]).toEqual({
      step: 3,
      stage: 'sft',
      loss: 30,
      'loss/i': 2,
      grad_norm: 3,
      learning_rate: 0.5,
      tokens: 100,
      'time/step': 0.25,
      'time/tokens_per_second': 400,
    });
    expect([pace.isMeasuring, pace.milliseconds, pace.waiting]).toEqual([false, 250, 0]);
    // 250 ms: three submits hold the GPU for less than 100 ms each.
    expect(run.submits).toBe(3);
    expect(await pace.flush(run, 'sft', losses)).toEqual([]);
  });

  it('leaves the norm out of the line of a step that was skipped, which has none', async () => {
    const pace = new StagePace();
    const reading = { metrics: { loss: 1, loss_scale: 4 }, gradNorm: Infinity };
    for (const isSkipped of [true, false]) {
      pace.queued(step(1));
      const run = { submits: 0, read: () => Promise.resolve([{ ...reading, isSkipped }]) };
      const [line] = await pace.flush(run, 'sft');
      expect(line).toMatchObject({ loss: 1, loss_scale: 4, learning_rate: 0.5 });
      expect(line!['grad_norm']).toBe(isSkipped ? undefined : Infinity);
    }
  });

  it('forgets a wait between two flushes', async () => {
    const pace = new StagePace();
    const run = measured();
    pace.queued(step(1));
    vi.advanceTimersByTime(100);
    await pace.flush(run, 'sft', losses);
    expect(run.submits).toBe(1);
    vi.advanceTimersByTime(60_000);
    pace.queued(step(2));
    vi.advanceTimersByTime(40);
    expect((await pace.flush(run, 'sft', losses))[0]).toMatchObject({ step: 2, 'time/step': 0.04 });
  });

  it('tells what a step took while the machine slept, and does not expect the next to take as long', async () => {
    const pace = new StagePace();
    const run = measured();
    for (const [t, taken] of [
      [1, 100],
      [2, 3_600_000],
    ] as const) {
      pace.queued(step(t));
      vi.advanceTimersByTime(taken);
      expect((await pace.flush(run, 'sft', losses))[0]).toMatchObject({ step: t, 'time/step': taken / 1000 });
    }
    expect([pace.milliseconds, run.submits]).toEqual([400, 4]);
    pace.queued(step(3));
    vi.advanceTimersByTime(100);
    await pace.flush(run, 'sft', losses);
    expect([pace.milliseconds, run.submits]).toEqual([100, 1]);
  });

  it('begins where a step does something before it is queued', async () => {
    const pace = new StagePace();
    pace.begin();
    vi.advanceTimersByTime(300);
    pace.queued(step(1));
    vi.advanceTimersByTime(100);
    expect((await pace.flush(measured(), 'grpo', losses))[0]).toMatchObject({ 'time/step': 0.4 });
  });

  it('refuses more steps than the ring holds', () => {
    const pace = new StagePace();
    for (let t = 1; t <= RING_SLOTS; t++) pace.queued(step(t));
    expect(() => pace.queued(step(9))).toThrow('more than 8 steps between two flushes');
  });
});
