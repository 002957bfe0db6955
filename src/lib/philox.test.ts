import { describe, expect, it } from 'vitest';
import { philox4x32, Random } from './philox';

describe('philox4x32-10', () => {
  // Known answers of the authors' Random123 distribution (kat_vectors).
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('%j', (counter, key, expected) => {
    expect(philox4x32(counter, key)).toEqual(expected);
  });
});

describe('Random', () => {
  it('depends on its key alone', () => {
    const a = new Random(7, 'sft', 3);
    const b = new Random(7, 'sft', 3);
    expect(Array.from({ length: 9 }, () => a.uint32())).toEqual(Array.from({ length: 9 }, () => b.uint32()));
    expect(new Random(7, 'sft', 4).uint32()).not.toBe(new Random(7, 'sft', 3).uint32());
    expect(new Random(7, 'init', 3).uint32()).not.toBe(new Random(7, 'sft', 3).uint32());
  });

  it('has the moments of its distributions', () => {
    const random = new Random(1, 'init');
    const n = 20_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      sum += x;
      squares += x * x;
    }
    expect(Math.abs(sum / n)).toBeLessThan(0.03);
    expect(Math.abs(squares / n - 1)).toBeLessThan(0.05);
  });
});
