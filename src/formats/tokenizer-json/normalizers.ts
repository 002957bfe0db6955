import type { Component } from './component';
import { isSpace, lowercase, toByteCharacters } from './characters';
import { patternOf } from './pattern';

export type Normalizer = (text: string) => string;

const KNOWN = ['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'Strip', 'StripAccents', 'Prepend', 'Replace'];
const OTHERS = ['BertNormalizer', 'ByteLevel', 'Sequence'];

/**
 * A normalizer of a tokenizer.json, which changes a text before it is cut into pieces.
 * @throws InputError for one that is not among ours.
 */
export function normalizerOf(component: Component): Normalizer {
  switch (component.type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = component.type;
      return (text) => text.normalize(form);
    }
    case 'Lowercase':
      return lowercase;
    case 'StripAccents':
      return (text) => text.replace(/\p{M}/gu, '');
    case 'Strip': {
      const left = component.boolean('strip_left');
      const right = component.boolean('strip_right');
      return (text) => {
        const started = left ? text.replace(/^\p{White_Space}+/u, '') : text;
        return right ? withoutEnd(started) : started;
      };
    }
    case 'Prepend': {
      const before = component.string('prepend');
      return (text) => (text === '' ? '' : before + text);
    }
    case 'Replace': {
      const pattern = patternOf(component);
      const content = component.string('content');
      return (text) => text.replace(pattern, () => content);
    }
    case 'ByteLevel':
      return toByteCharacters;
    case 'BertNormalizer':
      return bert(component);
    case 'Sequence': {
      const parts = component.children('normalizers').map(normalizerOf);
      return (text) => parts.reduce((changed, part) => part(changed), text);
    }
    default:
      return component.unknown([...KNOWN, ...OTHERS]);
  }
}

/** A text without white space at its end. A regular expression would try every space of the text as a beginning. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1]!)) end--;
  return text.slice(0, end);
}

function bert(component: Component): Normalizer {
  const cleans = component.boolean('clean_text', true);
  const chinese = component.boolean('handle_chinese_chars', true);
  const lowers = component.boolean('lowercase', true);
  const accents = (component.json['strip_accents'] ?? null) === null ? lowers : component.boolean('strip_accents');
  return (text) => {
    let changed = text;
    if (cleans) changed = Array.from(changed, cleaned).join('');
    if (chinese) changed = changed.replace(CHINESE, ' $& ');
    if (accents) changed = changed.normalize('NFD').replace(/\p{Mn}/gu, '');
    return lowers ? lowercase(changed) : changed;
  };
}

const cleaned = (character: string): string => {
  if (/^[\t\n\r]$/.test(character)) return ' ';
  if (/^[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd]$/u.test(character)) return '';
  return isSpace(character) ? ' ' : character;
};

const CHINESE =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu;
