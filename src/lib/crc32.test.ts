import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32';

const bytes = new TextEncoder().encode('123456789');

describe('crc32', () => {
  it("gives the standard's check value", () => {
    expect(crc32(bytes)).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });

  it('goes on from the sum of what comes before', () => {
    expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(crc32(bytes));
  });
});
