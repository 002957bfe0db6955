const POLYNOMIAL = 0x864cfb;

/**
 * CRC-24 of OpenPGP (RFC 4880, section 6.1): finds every burst of up to 24 changed bits, and all but one in 16 million
 * of other changes.
 * @param start the checksum of what comes before, to continue from.
 */
export function crc24(bytes: Uint8Array, start = 0xb704ce): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
    crc &= 0xffffff;
  }
  return crc;
}

/**
 * The three bytes that seal a content, highest first. The length is part of the sum: without it a CRC accepts any message
 * with zero bytes after it.
 */
export function seal(content: Uint8Array, start: number): Uint8Array {
  const length = content.length;
  const crc = crc24(Uint8Array.of(length >> 16, (length >> 8) & 255, length & 255), crc24(content, start));
  return Uint8Array.of(crc >> 16, (crc >> 8) & 255, crc & 255);
}
