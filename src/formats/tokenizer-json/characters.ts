import { BYTE_CHARACTERS } from '../../tokenizer/byte-level';

/** White space as Unicode has it, which is Rust's `char::is_whitespace`. */
export const isSpace = (character: string): boolean => /^\p{White_Space}$/u.test(character);

/** Python's `tokenizers` takes the ASCII symbols for punctuation too. */
export const isPunctuation = (character: string): boolean => /^[\p{P}$+<=>^`|~]$/u.test(character);

export const isNumeric = (character: string): boolean => /^\p{N}$/u.test(character);

/** Each character in lower case by itself: JavaScript's own way knows of a sigma's place in its word, Rust's does not. */
export const lowercase = (text: string): string => Array.from(text, (one) => one.toLowerCase()).join('');

const ENCODER = new TextEncoder();

export const toByteCharacters = (text: string): string =>
  Array.from(ENCODER.encode(text), (byte) => BYTE_CHARACTERS[byte]!).join('');

/** The tokens of a text's bytes where a model falls back to them: `<0xE6>`. */
export const byteTokens = (text: string): string[] =>
  Array.from(ENCODER.encode(text), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
