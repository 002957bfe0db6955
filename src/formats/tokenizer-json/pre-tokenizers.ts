import { isNumeric, isPunctuation, toByteCharacters } from './characters';
import type { Component } from './component';
import { BEHAVIOURS, cutAround, cutAt, patternOf, pieces } from './pattern';

/**
 * Cuts a stretch of text between two added tokens into the pieces that a model tokenizes one by one.
 * @param isFirst whether the text itself begins with it.
 */
export type PreTokenizer = (text: string, isFirst: boolean) => string[];

const KNOWN =
  'ByteLevel, Whitespace, WhitespaceSplit, Metaspace, Split, Punctuation, Digits, BertPreTokenizer, CharDelimiterSplit, FixedLength, Sequence';

/** GPT-2's, as Oniguruma reads it: its white space is Unicode's, not JavaScript's. */
const BYTE_LEVEL =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const WORDS = new RegExp(`[${WORD}]+|[^${WORD}\\p{White_Space}]+`, 'gu');

/**
 * A pre-tokenizer of a tokenizer.json.
 * @throws InputError for one that is not among ours.
 */
export function preTokenizerOf(component: Component): PreTokenizer {
  switch (component.type) {
    case 'ByteLevel': {
      const prefixes = component.boolean('add_prefix_space', true);
      const usesRegex = component.boolean('use_regex', true);
      return (text) => {
        const spaced = prefixes && !text.startsWith(' ') ? ` ${text}` : text;
        return (usesRegex ? (spaced.match(BYTE_LEVEL) ?? []) : [spaced]).map(toByteCharacters);
      };
    }
    case 'Whitespace':
      return (text) => text.match(WORDS) ?? [];
    case 'WhitespaceSplit':
      return (text) => text.match(/\P{White_Space}+/gu) ?? [];
    case 'Metaspace':
      return metaspace(component);
    case 'Split': {
      const pattern = patternOf(component);
      const behaviour = component.choice('behavior', BEHAVIOURS);
      const inverts = component.boolean('invert', false);
      return (text) => {
        const spans = cutAt(text, pattern);
        return pieces(inverts ? spans.map((span) => ({ ...span, isMatch: !span.isMatch })) : spans, behaviour);
      };
    }
    case 'Punctuation': {
      const behaviour = component.choice('behavior', BEHAVIOURS, 'Isolated');
      return (text) => pieces(cutAround(text, isPunctuation), behaviour);
    }
    case 'Digits': {
      const behaviour = component.boolean('individual_digits', false) ? 'Isolated' : 'Contiguous';
      return (text) => pieces(cutAround(text, isNumeric), behaviour);
    }
    case 'BertPreTokenizer':
      return (text) =>
        (text.match(/\P{White_Space}+/gu) ?? []).flatMap((word) => pieces(cutAround(word, isPunctuation), 'Isolated'));
    case 'CharDelimiterSplit': {
      const delimiter = component.string('delimiter');
      return (text) =>
        pieces(
          cutAround(text, (one) => one === delimiter),
          'Removed',
        );
    }
    case 'FixedLength': {
      const length = component.integer('length', 5);
      if (length === 0) component.refuse('length is 0', 'at least 1 there');
      return (text) => {
        const characters = Array.from(text);
        return Array.from({ length: Math.ceil(characters.length / length) }, (_, at) =>
          characters.slice(at * length, (at + 1) * length).join(''),
        );
      };
    }
    case 'Sequence':
      return sequence(component);
    default:
      return component.unknown([KNOWN]);
  }
}

function sequence(component: Component): PreTokenizer {
  const children = component.children('pretokenizers');
  const late = children.slice(1).find((child) => child.type === 'Metaspace' && schemeOf(child) === 'first');
  // Whether a piece stands first is known of whole stretches alone.
  if (late)
    late.refuse('prepend_scheme is "first" after another pre-tokenizer', 'a Metaspace of that scheme by itself');
  const parts = children.map(preTokenizerOf);
  return (text, isFirst) =>
    parts.reduce<string[]>((cut, part) => cut.flatMap((piece) => part(piece, isFirst).filter(Boolean)), [text]);
}

function metaspace(component: Component): PreTokenizer {
  const replacement = component.string('replacement');
  if (Array.from(replacement).length !== 1) component.refuse(`replacement is ${replacement}`, 'one character there');
  const scheme = schemeOf(component);
  const splits = component.boolean('split', true);
  return (text, isFirst) => {
    let changed = text.replaceAll(' ', replacement);
    if (!changed.startsWith(replacement) && (scheme === 'always' || (scheme === 'first' && isFirst))) {
      changed = replacement + changed;
    }
    if (!splits) return [changed];
    return pieces(
      cutAround(changed, (one) => one === replacement),
      'MergedWithNext',
    );
  };
}

/** Older files have `add_prefix_space` in its place. */
export function schemeOf(component: Component): 'always' | 'first' | 'never' {
  if (component.json['add_prefix_space'] === false) {
    const scheme = component.choice('prepend_scheme', ['always', 'first', 'never'], 'never');
    if (scheme !== 'never')
      component.refuse(`prepend_scheme is "${scheme}"`, '"never" where add_prefix_space is false');
    return scheme;
  }
  return component.choice('prepend_scheme', ['always', 'first', 'never'], 'always');
}
