import { describe, expect, it } from 'vitest';
import { crc24, seal } from './checksum';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('crc24', () => {
  it('has the published check value', () => {
    expect(crc24(bytes('123456789'))).toBe(0x21cf02);
  });

  it('goes on from where it was', () => {
    expect(crc24(bytes('6789'), crc24(bytes('12345')))).toBe(0x21cf02);
  });

  it('seals with the length, so that nothing can be added', () => {
    const content = bytes('a session');
    const sealed = Uint8Array.of(...content, ...seal(content, 1));
    for (let zeros = 1; zeros < 8; zeros++) {
      const longer = Uint8Array.of(...sealed, ...new Uint8Array(zeros));
      expect(seal(longer.subarray(0, -3), 1)).not.toEqual(longer.subarray(-3));
    }
  });
});
