import { describe, expect, it } from 'vitest';
import { fuzz } from '../bench/fuzz/fuzz';
import { targets } from '../bench/fuzz/targets';

const all = await targets();
/** A minute in all at most, whatever the machine; `node scripts/bench.mjs fuzz` takes more. */
const INPUTS = 200;
const MILLISECONDS = 60_000 / all.length;

describe('spoilt files are refused in one sentence', () => {
  it.each(all.map((target) => [target.name, target] as const))('%s', async (_, target) => {
    for (const seed of target.seeds) await target.read(seed);
    const { inputs, faults } = await fuzz(target, INPUTS, 16, performance.now() + MILLISECONDS);
    expect(inputs).toBeGreaterThan(10);
    expect(faults.map(({ what, seed }) => ({ what, seed }))).toEqual([]);
  });
});
