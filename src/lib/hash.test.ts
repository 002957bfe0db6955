import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mix32, Sha256, sha256 } from './hash';

describe('sha256', () => {
  it('agrees with Node on any bytes and any text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
  });

  it.each([55, 56, 63, 64, 65, 119, 120])('pads %i bytes', (n) => {
    const bytes = new Uint8Array(n).fill(97);
    expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});

describe('mix32', () => {
  it('depends on every value and on their order', () => {
    expect(mix32(1, 2, 3)).toBe(mix32(1, 2, 3));
    expect(new Set([mix32(1, 2, 3), mix32(1, 3, 2), mix32(1, 2, 4), mix32(0, 2, 3)]).size).toBe(4);
  });

  it('spreads neighbouring values evenly', () => {
    const bins = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) {
      const bin = mix32(7, i) >>> 28;
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

describe('sha256 a piece at a time', () => {
  it('agrees with that of the whole, however it is cut', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const hash = new Sha256();
        for (const part of parts) hash.add(part);
        expect(hash.digest()).toBe(sha256(Uint8Array.from(parts.flatMap((part) => [...part]))));
      }),
    );
  });
});
