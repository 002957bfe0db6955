import { toRegExp } from 'oniguruma-to-es';
import { isJsonObject, quote } from '../json';
import type { Component } from './component';

/** A stretch of a text, and whether a pattern matched it. */
export interface Span {
  text: string;
  isMatch: boolean;
}

const LONGEST_PATTERN = 4000;

/**
 * The pattern of a Split or Replace: `{String}` or `{Regex}`. Python reads regular expressions with Oniguruma, whose
 * classes are Unicode's and whose `^` and `$` are those of lines; they are rewritten for JavaScript, and what has no equal
 * there is refused, as is what could take for ever.
 */
export function patternOf(component: Component): RegExp {
  const json = component.json['pattern'];
  if (isJsonObject(json)) {
    const { String: text, Regex: regex } = json;
    if (typeof text === 'string' && text !== '') return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gu');
    if (typeof regex === 'string') return translated(component, regex);
  }
  return component.refuse(`pattern is ${quote(json)}`, '{"String": …} or {"Regex": …} there');
}

function translated(component: Component, regex: string): RegExp {
  if (regex.length > LONGEST_PATTERN || isRunaway(regex)) {
    component.refuse(`pattern ${quote(regex)} repeats what repeats`, 'a pattern that is sure to end soon');
  }
  try {
    return toRegExp(regex, { accuracy: 'strict', global: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    return component.refuse(`pattern ${quote(regex)}: ${reason ?? ''}`, 'a pattern that JavaScript can match');
  }
}

/**
 * Whether a group that repeats without a bound holds alternatives or another repeat: such patterns may never finish.
 */
function isRunaway(regex: string): boolean {
  const open: boolean[] = [];
  let branches = false;
  let closed = false;
  const token =
    /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|\[\^?(?:\\[\s\S]|[^\]\\])*\]|[^\]\\])*\]|\(\?[a-z-]*[:=!>]|\(\?<[=!]|\(|\)|\||[*+]|\{\d*,?\d*\}|[\s\S]/gu;
  for (const [found] of regex.matchAll(token)) {
    const [, most] = /^\{(?:\d*,)?(\d*)\}$/.exec(found) ?? [];
    const repeats = found === '*' || found === '+' || (most !== undefined && (most === '' || Number(most) > 3));
    if (repeats && closed) return true;
    closed = false;
    if (found.startsWith('(')) {
      open.push(branches);
      branches = false;
    } else if (found === ')') {
      closed = branches;
      branches = branches || (open.pop() ?? false);
    } else if (repeats || found === '|') branches = true;
  }
  return false;
}

/** A text cut at every match of a pattern. */
export function cutAt(text: string, pattern: RegExp): Span[] {
  const spans: Span[] = [];
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    const { index } = match;
    if (index > last) spans.push({ text: text.slice(last, index), isMatch: false });
    spans.push({ text: match[0], isMatch: true });
    last = index + match[0].length;
  }
  if (last < text.length) spans.push({ text: text.slice(last), isMatch: false });
  return spans;
}

/** A text cut around every character that `is` names. */
export function cutAround(text: string, is: (character: string) => boolean): Span[] {
  const spans: Span[] = [];
  let open = '';
  for (const character of text) {
    if (!is(character)) {
      open += character;
      continue;
    }
    if (open !== '') spans.push({ text: open, isMatch: false });
    open = '';
    spans.push({ text: character, isMatch: true });
  }
  if (open !== '') spans.push({ text: open, isMatch: false });
  return spans;
}

/** What a pre-tokenizer does with a match, under Python's names in a file. */
export const BEHAVIOURS = ['Removed', 'Isolated', 'Contiguous', 'MergedWithPrevious', 'MergedWithNext'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** The pieces that spans make. */
export function pieces(spans: readonly Span[], behaviour: Behaviour): string[] {
  const texts = joined(spans, behaviour);
  return texts.filter((text) => text !== '');
}

function joined(spans: readonly Span[], behaviour: Behaviour): string[] {
  const found: string[] = [];
  let before = false;
  switch (behaviour) {
    case 'Removed':
      return spans.filter(({ isMatch }) => !isMatch).map(({ text }) => text);
    case 'Isolated':
      return spans.map(({ text }) => text);
    case 'Contiguous':
    case 'MergedWithPrevious':
      spans.forEach(({ text, isMatch }, at) => {
        const joins = behaviour === 'Contiguous' ? isMatch === before : isMatch && !before;
        if (at > 0 && joins) found.push(`${found.pop() ?? ''}${text}`);
        else found.push(text);
        before = isMatch;
      });
      return found;
    case 'MergedWithNext':
      for (const { text, isMatch } of spans.toReversed()) {
        if (isMatch && !before && found.length > 0) found.push(`${text}${found.pop() ?? ''}`);
        else found.push(text);
        before = isMatch;
      }
      return found.reverse();
  }
}
