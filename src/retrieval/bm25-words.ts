import { wordsOf } from '../lib/words';

const ASCII = /^[\0-\x7f]*$/;

/** Matches letters beyond a–z, which no English word needs. */
const FOREIGN = /[^\P{L}a-z]/giu;
const LATIN = /[a-z0-9\p{Script=Latin}]/iu;
const SPOKEN = /[^\P{L}\p{Script=Common}\p{Script=Inherited}]/u;

/** Whether a letter with an accent belongs to its word (`kept`) or ends it (`split`). */
export type Accents = 'kept' | 'split';

/** A collection is English with some foreign names where fewer than one letter in this many is foreign. */
const ENGLISH = 500;

/**
 * Whether accents end words in these documents. In English documents they do, as in the references of BM25's published
 * figures (`[a-z0-9]+`), so that a query `cliché` matches `clichés`. German, French or Spanish documents keep their
 * accents.
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

/**
 * Number of a document's tokens that count as its length: in English documents words of other scripts can match, but
 * are not counted.
 */
export const bm25Length = (text: string, tokens: readonly string[], accents: Accents): number =>
  accents === 'kept' || ASCII.test(text) ? tokens.length : asciiWords(text).length;

const asciiWords = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
