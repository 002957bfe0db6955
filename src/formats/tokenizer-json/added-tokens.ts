import { quote, type JsonObject } from '../json';
import { Component } from './component';
import type { Normalizer } from './normalizers';

/** A token that is found in a text before anything is cut. */
export interface AddedToken {
  id: number;
  content: string;
  isSpecial: boolean;
  isSingleWord: boolean;
  takesLeft: boolean;
  takesRight: boolean;
  /** Looked for in the normalized text, itself normalized. */
  isNormalized: boolean;
}

/** A stretch of a text: an added token, or what stands between two of them. */
export type Section = { token: AddedToken } | { text: string; isFirst: boolean };

/**
 * The `added_tokens` of a tokenizer.json. Python numbers tokens that its model lacks itself, in the order of the list:
 * where the list says otherwise, the file's numbers are not those that it would get.
 * @param idOf a token's number in the model; @param size how many tokens the model has.
 * @throws InputError for tokens that are no list of tokens.
 */
export function addedTokensOf(
  json: JsonObject,
  where: string,
  idOf: (token: string) => number | undefined,
  size: number,
): AddedToken[] {
  const found = new Map<string, AddedToken>();
  let last = size - 1;
  for (const component of new Component({ added_tokens: [], ...json }, where).children('added_tokens')) {
    const content = component.string('content');
    const isSpecial = component.boolean('special', false);
    const id = component.integer('id');
    if (content === '') continue;
    const own = found.get(content)?.id ?? idOf(content) ?? last + 1;
    if (own !== id) component.refuse(`${quote(content)} has id ${id}`, `id ${own} there, as its vocabulary gives it`);
    last = Math.max(last, own);
    found.set(content, {
      id,
      content,
      isSpecial,
      isSingleWord: component.boolean('single_word', false),
      takesLeft: component.boolean('lstrip', false),
      takesRight: component.boolean('rstrip', false),
      isNormalized: component.boolean('normalized', !isSpecial),
    });
  }
  return [...found.values()];
}

const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u');
const ENDS_WITH_WORD = new RegExp(`${WORD}$`, 'u');

/** Finds added tokens: those of the text as it stands first, then those of what was normalized. */
export class AddedTokens {
  private readonly plain: Finder;
  private readonly normalized: Finder;

  /** @throws InputError where a token is nothing once it is normalized. */
  constructor(
    tokens: readonly AddedToken[],
    private readonly normalize: Normalizer,
    where: string,
  ) {
    const found = (token: AddedToken): readonly [string, AddedToken] => {
      const content = normalize(token.content);
      if (content !== '') return [content, token];
      return new Component({}, where).refuse(
        `added token ${quote(token.content)} is nothing once normalized`,
        'added tokens that can be found',
      );
    };
    this.plain = new Finder(tokens.filter((one) => !one.isNormalized).map((one) => [one.content, one]));
    this.normalized = new Finder(tokens.filter((one) => one.isNormalized).map(found));
  }

  /** A text as added tokens and normalized stretches between them. */
  sections(text: string): Section[] {
    const { plain, normalized, normalize } = this;
    return plain.cut(text, true).flatMap((section) => {
      if ('token' in section) return [section];
      return normalized.cut(normalize(section.text), section.isFirst);
    });
  }
}

/** Finds the leftmost token and of those the longest, and continues behind it. */
class Finder {
  /** Tokens by their first code unit, the longest first. */
  private readonly byStart = new Map<string, (readonly [string, AddedToken])[]>();

  constructor(tokens: readonly (readonly [string, AddedToken])[]) {
    for (const entry of tokens) {
      const start = entry[0][0]!;
      const others = this.byStart.get(start);
      if (others) others.push(entry);
      else this.byStart.set(start, [entry]);
    }
    for (const entries of this.byStart.values()) entries.sort(([a], [b]) => b.length - a.length);
  }

  cut(text: string, isFirst: boolean): Section[] {
    const sections: Section[] = [];
    let open = 0;
    const close = (end: number): void => {
      if (end > open) sections.push({ text: text.slice(open, end), isFirst: isFirst && open === 0 });
    };
    for (let at = 0; at < text.length;) {
      const [content, token] = this.byStart.get(text[at]!)?.find(([one]) => text.startsWith(one, at)) ?? [];
      if (content === undefined || token === undefined) {
        at++;
        continue;
      }
      const from = at;
      const to = at + content.length;
      at = to;
      if (token.isSingleWord && !standsAlone(text, from, to)) continue;
      const start = token.takesLeft ? Math.max(spacesBefore(text, from), open) : from;
      close(start);
      sections.push({ token });
      open = token.takesRight ? spacesAfter(text, to) : to;
    }
    close(text.length);
    return sections;
  }
}

const standsAlone = (text: string, from: number, to: number): boolean =>
  !ENDS_WITH_WORD.test(text.slice(Math.max(0, from - 2), from)) && !STARTS_WITH_WORD.test(text.slice(to, to + 2));

function spacesBefore(text: string, end: number): number {
  let at = end;
  while (at > 0 && /\p{White_Space}/u.test(text[at - 1]!)) at--;
  return at;
}

function spacesAfter(text: string, start: number): number {
  let at = start;
  while (at < text.length && /\p{White_Space}/u.test(text[at]!)) at++;
  return at;
}
