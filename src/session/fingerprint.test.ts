import { describe, expect, it } from 'vitest';
import { Fingerprint, firstDifference } from './fingerprint';

const chainOf = (records: readonly Record<string, unknown>[]): Fingerprint => {
  const fingerprint = new Fingerprint();
  for (const record of records) fingerprint.add(record);
  return fingerprint;
};
const steps = [1, 2, 3, 4].map((step) => ({ step, loss: 1 / step, kl: 0.1 * step }));

describe('a fingerprint', () => {
  it('has a link a step, the last one whole', () => {
    const { value, perStep } = chainOf(steps);
    expect(value).toMatch(/^[0-9a-f]{64}$/);
    expect(perStep).toHaveLength(4);
    expect(new Set(perStep).size).toBe(4);
    expect(value.startsWith(perStep[3]!)).toBe(true);
    expect(new Fingerprint().value).toBe('');
  });

  it('depends on nothing of the clock', () => {
    const timed = steps.map((record, i) => ({ 'time/step': i, ...record, 'time/tokens_per_second': 1e9 / (i + 1) }));
    expect(chainOf(timed).value).toBe(chainOf(steps).value);
    // Only keys that start so are the clock's.
    expect(chainOf([{ timely: 1 }]).value).not.toBe(chainOf([{ timely: 2 }]).value);
    expect(chainOf([{ 'x/time/': 1 }]).value).not.toBe(chainOf([{}]).value);
  });

  it('depends on the order of the steps and on every bit of a number', () => {
    const swapped = [steps[1]!, steps[0]!, steps[2]!, steps[3]!];
    expect(chainOf(swapped).value).not.toBe(chainOf(steps).value);
    const nudged = steps.map((record, i) => (i === 1 ? { ...record, loss: 0.5 + 2 ** -53 } : record));
    expect(firstDifference(chainOf(nudged).perStep, chainOf(steps).perStep)).toBe(2);
  });

  it('covers what else was computed in a step', () => {
    const chain = (evidence?: Uint8Array) => {
      const fingerprint = new Fingerprint();
      fingerprint.add(steps[0]!, evidence);
      return fingerprint.value;
    };
    const evidence = Uint8Array.of(1, 2, 3);
    expect(chain(evidence)).toBe(chain(Uint8Array.of(1, 2, 3)));
    expect(new Set([chain(), chain(evidence), chain(Uint8Array.of(1, 2, 4)), chain(Uint8Array.of(1, 2))]).size).toBe(4);
  });

  it('goes on where another left off', () => {
    const whole = chainOf(steps);
    const half = chainOf(steps.slice(0, 2));
    const resumed = new Fingerprint(half.value, [...half.perStep]);
    for (const record of steps.slice(2)) resumed.add(record);
    expect(resumed.value).toBe(whole.value);
    expect(resumed.perStep).toEqual(whole.perStep);
  });
});

describe('the first difference of two chains', () => {
  it('is the first step whose links differ, counted from 1', () => {
    expect(firstDifference(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe(2);
    expect(firstDifference(['a'], ['b', 'c'])).toBe(1);
  });
  it('is none where one is the beginning of the other', () => {
    expect(firstDifference(['a', 'b'], ['a', 'b'])).toBeNull();
    expect(firstDifference(['a', 'b'], ['a'])).toBeNull();
    expect(firstDifference([], ['a'])).toBeNull();
  });
});
