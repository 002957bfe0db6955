import { wordsOf } from '../lib/words';

const ASCII = /^[\0-\x7f]*$/;

/** Letters that no English word needs. */
const FOREIGN = /[^\P{L}a-z]/giu;
const LATIN = /[a-z0-9\p{Script=Latin}]/iu;
const SPOKEN = /[^\P{L}\p{Script=Common}\p{Script=Inherited}]/u;

/** Whether a letter with an accent belongs to its word, or ends it. */
export type Accents = 'kept' | 'split';

/** A collection with fewer such letters than one in this many is English with some foreign names. */
const ENGLISH = 500;

/**
 * Whether accents end words in these documents: in English ones they do, as in the references that BM25's published
 * figures are from (`[a-z0-9]+`), so that `cliché` is found in `clichés`. German, French or Spanish ones keep theirs.
 */
export function splitsAccents(documents: readonly string[]): boolean {
  let foreign = 0;
  let letters = 0;
  for (const text of documents) {
    letters += text.length;
    if (!ASCII.test(text)) foreign += text.match(FOREIGN)?.length ?? 0;
  }
  return foreign * ENGLISH < letters;
}

/** A text's words as `wordsOf` gives them; no stemming, no stop words. A text in ASCII gives the runs of `[a-z0-9]`. */
export function bm25Tokens(text: string, accents: Accents = 'kept'): string[] {
  if (ASCII.test(text)) return asciiWords(text);
  const words = wordsOf(text);
  if (accents === 'kept') return words;
  return [...asciiWords(text), ...words.filter((word) => SPOKEN.test(word) && !LATIN.test(word))];
}

/** How long a text counts: in English documents words of other scripts are found, but not counted. */
export const bm25Length = (text: string, tokens: readonly string[], accents: Accents): number =>
  accents === 'kept' || ASCII.test(text) ? tokens.length : asciiWords(text).length;

const asciiWords = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
