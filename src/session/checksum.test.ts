import { describe, expect, it } from 'vitest';
import { crc24, crc24Bytes } from './checksum';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('crc24', () => {
  it('has the published check value', () => {
    expect(crc24(bytes('123456789'))).toBe(0x21cf02);
  });

  it('goes on from where it was', () => {
    expect(crc24(bytes('6789'), crc24(bytes('12345')))).toBe(0x21cf02);
  });

  it('spells itself in three bytes', () => {
    expect([...crc24Bytes(0x21cf02)]).toEqual([0x21, 0xcf, 0x02]);
  });
});
