/**
 * Byte-level pre-tokenization before BPE merges, as in GPT-2 and in `ByteLevel` of Hugging Face's tokenizers: text is
 * normalised, cut into words with the space before them, and every UTF-8 byte becomes one printable character.
 */

/** Words with the space before them, numbers, punctuation, white space. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** The character that stands for each byte: itself where it is printable and no space, else one from U+0100 on. */
export const BYTE_CHARACTERS: readonly string[] = (() => {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

const BYTE_OF: ReadonlyMap<string, number> = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** NFC and lower case: a small model on a small corpus cannot afford to learn a word twice. */
export const normalise = (text: string): string => text.normalize('NFC').toLowerCase();

/** The words of a normalised text, each as its bytes' characters. A word at the start is as one in the middle. */
export function words(text: string): string[] {
  if (text === '') return [];
  const found = (text.startsWith(' ') ? text : ` ${text}`).match(WORDS) ?? [];
  return found.map(toCharacters);
}

function toCharacters(word: string): string {
  let characters = '';
  for (const byte of encoder.encode(word)) characters += BYTE_CHARACTERS[byte]!;
  return characters;
}

/** Text of bytes' characters; what is no UTF-8 becomes U+FFFD. */
export const fromCharacters = (characters: string): string =>
  decoder.decode(Uint8Array.from(characters, (character) => BYTE_OF.get(character) ?? 0x3f));
