import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeafValue } from '../settings/leaves';
import { InputError } from '../lib/errors';
import { ByteReader, ByteWriter } from './bytes';
import { readValue, writeValue } from './values';

const options = ['linear', 'cosine'];

function written(value: LeafValue): Uint8Array {
  const writer = new ByteWriter();
  writeValue(writer, value, options);
  return writer.result();
}

describe('values', () => {
  it('come back as they were', () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeNat());
    const decimal = fc.tuple(fc.nat(99_999), fc.nat(9)).map(([m, e]) => Number(`${m}e-${e}`));
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const value = fc.oneof(number, decimal, fc.boolean(), text, fc.constantFrom(...options), fc.array(decimal));
    fc.assert(
      fc.property(value, (original) => {
        if (Array.isArray(original) && original.length > 64) return;
        const reader = new ByteReader(written(original), 'link');
        expect(readValue(reader, options, 'link')).toEqual(original === 0 ? 0 : original);
        expect(reader.left).toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [0, 1],
    [191, 1],
    [192, 3],
    [0.002, 2],
    [1e-5, 2],
    [0.98, 2],
    [100_000, 4],
    [4_294_967_295, 6],
    [Math.PI, 9],
    [true, 1],
    ['cosine', 2],
  ])('%s takes %i bytes', (value, bytes) => {
    expect(written(value)).toHaveLength(bytes);
  });

  it('refuses any other bytes with one sentence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        try {
          readValue(new ByteReader(bytes, 'link'), options, 'link');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
