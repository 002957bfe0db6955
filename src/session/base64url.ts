import { InputError } from '../lib/errors';
import { shown } from '../lib/text';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const valueOf = new Map(Array.from(ALPHABET, (char, value) => [char, value]));

/** Bytes as base64url without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const chars = Math.min(bytes.length - i, 3) + 1;
    for (let j = 0; j < chars; j++) text += ALPHABET[(group >> (18 - 6 * j)) & 63]!;
  }
  return text;
}

/**
 * Bytes of base64url text; each byte string has one spelling alone.
 * @throws InputError for a foreign character, an impossible length or stray bits in the last character.
 */
export function fromBase64url(text: string, where: string): Uint8Array {
  if (text.length % 4 === 1) {
    throw new InputError(`${where} has ${text.length} characters, expected a length that base64url can have`);
  }
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const char of text) {
    const value = valueOf.get(char);
    if (value === undefined) {
      throw new InputError(`${where} holds ${shown(char)}, expected only A–Z, a–z, 0–9, - and _`);
    }
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 255;
  }
  if ((held & ((1 << bits) - 1)) !== 0) {
    throw new InputError(`${where} ends in ${shown(text.slice(-1))}, expected no stray bits in the last character`);
  }
  return bytes;
}
