/** Runs of letters and digits, whatever their script; marks go with the letter that they stand on. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆][\p{M}]*/u;
const UNSPACED_RUN = new RegExp(`(?:${UNSPACED.source})+`, 'gu');
const UNSPACED_EACH = new RegExp(UNSPACED.source, 'gu');
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

/**
 * A text's words, in lower case: runs of letters and digits by Unicode, after NFKC; no stemming, no stop words. What is
 * written without spaces (Chinese, Japanese, Korean, Thai and their like) gives its characters and their pairs, as
 * Lucene's CJK analysis does. A text in ASCII gives the runs of `[a-z0-9]`.
 */
export function bm25Tokens(text: string, accents: Accents = 'kept'): string[] {
  if (ASCII.test(text)) return asciiWords(text);
  const words = (text.normalize('NFKC').toLowerCase().match(WORD) ?? []).flatMap((word) =>
    UNSPACED.test(word) ? unspaced(word) : [word],
  );
  if (accents === 'kept') return words;
  return [...asciiWords(text), ...words.filter((word) => SPOKEN.test(word) && !LATIN.test(word))];
}

/** How long a text counts: in English documents words of other scripts are found, but not counted. */
export const bm25Length = (text: string, tokens: readonly string[], accents: Accents): number =>
  accents === 'kept' || ASCII.test(text) ? tokens.length : asciiWords(text).length;

const asciiWords = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** Characters and pairs of each run without spaces, and what stands between such runs as it is. */
function unspaced(word: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  for (const { 0: run, index } of word.matchAll(UNSPACED_RUN)) {
    if (index > at) tokens.push(word.slice(at, index));
    at = index + run.length;
    const characters = run.match(UNSPACED_EACH) ?? [];
    tokens.push(...characters);
    for (let i = 1; i < characters.length; i++) tokens.push(characters[i - 1]! + characters[i]!);
  }
  if (at < word.length) tokens.push(word.slice(at));
  return tokens;
}
