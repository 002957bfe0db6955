import { BYTE_CHARACTERS } from '../../tokenizer/byte-level';
import type { Component } from './component';
import { patternOf } from './pattern';
import { schemeOf } from './pre-tokenizers';

/** Turns tokens into parts of a text, which are then joined. */
export type Decoder = (tokens: readonly string[]) => string[];

const KNOWN = [
  'ByteLevel',
  'ByteFallback',
  'WordPiece',
  'Metaspace',
  'BPEDecoder',
  'Replace',
  'Fuse',
  'Strip',
  'Sequence',
];

/**
 * A decoder of a tokenizer.json.
 * @throws InputError for one that is not among ours.
 */
export function decoderOf(component: Component): Decoder {
  switch (component.type) {
    case 'ByteLevel':
      return (tokens) => [
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(tokens.flatMap(bytesOf))),
      ];
    case 'ByteFallback':
      return fromFallback;
    case 'WordPiece':
      return wordPiece(component);
    case 'Metaspace': {
      const replacement = component.string('replacement');
      const drops = schemeOf(component) !== 'never';
      return (tokens) => tokens.map((token, at) => token.replaceAll(replacement, at === 0 && drops ? '' : ' '));
    }
    case 'BPEDecoder': {
      const suffix = component.string('suffix', '</w>');
      return (tokens) => tokens.map((token, at) => token.replaceAll(suffix, at === tokens.length - 1 ? '' : ' '));
    }
    case 'Replace': {
      const pattern = patternOf(component);
      const content = component.string('content');
      return (tokens) => tokens.map((token) => token.replace(pattern, () => content));
    }
    case 'Fuse':
      return (tokens) => [tokens.join('')];
    case 'Strip':
      return strip(component);
    case 'Sequence': {
      const parts = component.children('decoders').map(decoderOf);
      return (tokens) => parts.reduce<string[]>((changed, part) => part(changed), [...tokens]);
    }
    default:
      return component.unknown(KNOWN);
  }
}

const BYTES = new Map(BYTE_CHARACTERS.map((character, byte) => [character, byte]));

/** A token's bytes; one with a character that stands for no byte is text itself. */
function bytesOf(token: string): number[] {
  const bytes = Array.from(token, (character) => BYTES.get(character));
  return bytes.every((byte) => byte !== undefined) ? bytes : [...new TextEncoder().encode(token)];
}

/** Runs of byte tokens are characters where they are UTF-8, else one replacement character for each. */
function fromFallback(tokens: readonly string[]): string[] {
  const parts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    try {
      parts.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)));
    } catch {
      parts.push(...bytes.map(() => '\ufffd'));
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
    if (byte !== undefined) {
      bytes.push(parseInt(byte, 16));
      continue;
    }
    flush();
    parts.push(token);
  }
  flush();
  return parts;
}

function wordPiece(component: Component): Decoder {
  const prefix = component.string('prefix', '##');
  const cleans = component.boolean('cleanup', true);
  return (tokens) =>
    tokens.map((token, at) => {
      const joins = token.startsWith(prefix);
      const text = at === 0 ? token : joins ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? withoutSpaces(text) : text;
    });
}

/** English punctuation without the space before it. */
export const withoutSpaces = (text: string): string =>
  [
    [' .', '.'],
    [' ?', '?'],
    [' !', '!'],
    [' ,', ','],
    [" ' ", "'"],
    [" n't", "n't"],
    [" 'm", "'m"],
    [' do not', " don't"],
    [" 's", "'s"],
    [" 've", "'ve"],
    [" 're", "'re"],
  ].reduce((changed, [from = '', to = '']) => changed.replaceAll(from, to), text);

/** Removes at most `start` characters from the beginning and `stop` from the end, as long as they are `content`. */
function strip(component: Component): Decoder {
  const content = component.string('content');
  const start = component.integer('start', 0);
  const stop = component.integer('stop', 0);
  return (tokens) =>
    tokens.map((token) => {
      const characters = Array.from(token);
      let from = 0;
      while (from < start && characters[from] === content) from++;
      let to = characters.length;
      while (characters.length - to < stop && to > from && characters[to - 1] === content) to--;
      return characters.slice(from, to).join('');
    });
}
