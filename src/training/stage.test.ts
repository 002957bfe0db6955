import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RING_SLOTS } from './loss-ring';
import { StagePace } from './stage';

const step = (t: number) => ({ t, rate: 0, tokens: 1, slot: t % RING_SLOTS });

describe("a stage's pace", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is the time from the first queued step to the flush, shared out', () => {
    const pace = new StagePace();
    expect([pace.isMeasuring, pace.milliseconds, pace.submits]).toEqual([true, 0, 1]);
    vi.advanceTimersByTime(5000);
    for (const t of [1, 2, 3, 4]) {
      pace.queued(step(t));
      vi.advanceTimersByTime(60);
    }
    const taken = pace.take();
    expect(taken.map(({ t }) => t)).toEqual([1, 2, 3, 4]);
    vi.advanceTimersByTime(760);
    expect(pace.finished(taken.length)).toBeCloseTo(0.25, 10);
    expect([pace.isMeasuring, pace.milliseconds]).toEqual([false, 250]);
    // 250 ms: three submits hold the GPU for less than 100 ms each.
    expect(pace.submits).toBe(3);
    expect(pace.take()).toEqual([]);
  });

  it('forgets a wait between two flushes', () => {
    const pace = new StagePace();
    pace.queued(step(1));
    vi.advanceTimersByTime(100);
    pace.finished(pace.take().length);
    expect(pace.submits).toBe(1);
    vi.advanceTimersByTime(60_000);
    pace.queued(step(2));
    vi.advanceTimersByTime(40);
    expect(pace.finished(pace.take().length)).toBeCloseTo(0.04, 10);
  });

  it('begins where a step does something before it is queued', () => {
    const pace = new StagePace();
    pace.begin();
    vi.advanceTimersByTime(300);
    pace.queued(step(1));
    vi.advanceTimersByTime(100);
    expect(pace.finished(pace.take().length)).toBeCloseTo(0.4, 10);
  });

  it('refuses more steps than the ring holds', () => {
    const pace = new StagePace();
    for (let t = 1; t <= RING_SLOTS; t++) pace.queued(step(t));
    expect(() => pace.queued(step(9))).toThrow('more than 8 steps between two flushes');
  });
});
