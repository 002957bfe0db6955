import fc from 'fast-check';
import { joined } from '../../src/lib/joined';

/** Draws whole numbers below a bound; the same seed draws the same. */
export type Draw = (below: number) => number;

export function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const pick = <T>(draw: Draw, from: readonly T[]): T => from[draw(from.length)]!;

const sampled = <T>(values: fc.Arbitrary<T>): T[] => fc.sample(values, { seed: 16, numRuns: 300 });
const JSON_VALUES = sampled(fc.jsonValue({ maxDepth: 3 })).map((value) => JSON.stringify(value));
const TEXTS = [
  ...sampled(fc.string({ unit: 'binary', maxLength: 30 })),
  ...sampled(fc.string({ unit: 'grapheme', maxLength: 30 })),
  ...['\u0000', '\u202e', '\ud800', '__proto__', 'constructor', '"', '\\', ',', ';', '\t', '\r', '\n', '\r\n\r\n'],
  ...['[', ']', '{', '}', '../', '/etc', '<script>', '<!--', '&amp;', '￿', 'é'.repeat(99), 'a'.repeat(5000)],
];
const NUMBERS = '0 -0 -1 1 255 256 65535 65536 2147483647 2147483648 4294967295 4294967296 9007199254740993 1e308 1e999 -1e999 0.1 1e-320 NaN Infinity null true'.split(' '); // prettier-ignore
const WORDS = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
const DEEP = [50, 2000, 30_000];

/** A real file with a few things changed: some ways know of bytes, others of text and JSON. */
export function mutated(seed: Uint8Array, others: readonly Uint8Array[], draw: Draw): Uint8Array {
  let bytes = seed;
  for (let times = 1 + draw(4); times > 0; times--) bytes = once(bytes, others, draw);
  return bytes;
}

function once(bytes: Uint8Array, others: readonly Uint8Array[], draw: Draw): Uint8Array {
  const at = draw(bytes.length + 1);
  const to = Math.min(bytes.length, at + 1 + draw(pick(draw, [4, 32, 256, 4096])));
  const between = (middle: Uint8Array, end = to): Uint8Array =>
    joined([bytes.subarray(0, at), middle, bytes.subarray(end)], Uint8Array);
  switch (draw(14)) {
    case 0:
      return bytes.length === 0 ? bytes : flipped(bytes, draw);
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return between(new Uint8Array());
    case 3:
      return between(bytes.subarray(at, to), at);
    case 4:
      return between(
        Uint8Array.from({ length: 1 + draw(8) }, () => draw(256)),
        at,
      );
    case 5:
      return between(word(pick(draw, WORDS), pick(draw, [2, 4, 8])));
    case 6: {
      const other = pick(draw, others);
      const from = draw(other.length + 1);
      return between(other.subarray(from, from + 1 + draw(256)), at);
    }
    case 7:
      return joined([pick(draw, others), bytes], Uint8Array);
    case 8:
      return between(utf8(pick(draw, TEXTS)), draw(2) === 0 ? at : to);
    case 9:
    case 10:
      return replaced(bytes, /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, () => pick(draw, NUMBERS), draw);
    case 11:
    case 12:
      return replaced(bytes, /"(?:[^"\\]|\\.)*"(?!\s*:)|\[[^[\]]*\]|\{[^{}]*\}|\btrue\b|\bfalse\b|\bnull\b/g, () => pick(draw, JSON_VALUES), draw); // prettier-ignore
    default: {
      const depth = pick(draw, DEEP);
      const [open = '', close = ''] = pick(draw, [['[', ']'], ['{"a":', '}'], ['(', ')'], ['<b>', '</b>'], ['> ', '']]); // prettier-ignore
      return between(utf8(open.repeat(depth) + '1' + close.repeat(depth)), draw(2) === 0 ? at : to);
    }
  }
}

function flipped(bytes: Uint8Array, draw: Draw): Uint8Array {
  const copy = bytes.slice();
  copy[draw(copy.length)]! ^= 1 << draw(8);
  return copy;
}

/** One of the places that a pattern finds, with something else in it. */
function replaced(bytes: Uint8Array, pattern: RegExp, by: () => string, draw: Draw): Uint8Array {
  const text = new TextDecoder('latin1').decode(bytes);
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return flipped(bytes.length === 0 ? Uint8Array.of(0) : bytes, draw);
  const match = pick(draw, matches);
  const [before, after] = [bytes.subarray(0, match.index), bytes.subarray(match.index + match[0].length)];
  return joined([before, utf8(by()), after], Uint8Array);
}

function word(value: number, bytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 2) view.setUint16(0, value & 0xffff, true);
  else view.setUint32(0, value, true);
  return new Uint8Array(view.buffer);
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
