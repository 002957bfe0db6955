import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64url, toBase64url } from './base64url';

describe('base64url', () => {
  it('agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = toBase64url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64url(text, 'link')).toEqual(bytes);
      }),
    );
  });

  it.each([
    ['A', 'link has 1 characters, expected a length that base64url can have'],
    ['AB', 'link ends in "B", expected no stray bits in the last character'],
    ['AA==', 'link holds "=", expected only'],
    ['AA€A', 'link holds "\\u{20ac}", expected only'],
  ])('refuses %s', (text, message) => {
    expect(() => fromBase64url(text, 'link')).toThrow(message);
  });
});
