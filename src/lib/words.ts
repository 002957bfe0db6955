/** Words of a text, whatever its script. */

/** Runs of letters and digits; marks go with the letter that they stand on. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々〆][\p{M}]*/u;
const UNSPACED_RUN = new RegExp(`(?:${UNSPACED.source})+`, 'gu');
const UNSPACED_EACH = new RegExp(UNSPACED.source, 'gu');

/**
 * The words of a text in lower case, after NFKC: runs of letters and digits by Unicode. Scripts without spaces
 * (Chinese, Japanese, Korean, Thai and similar) give their characters and pairs of them, as Lucene's CJK analysis does.
 */
export const wordsOf = (text: string): string[] =>
  (text.normalize('NFKC').toLowerCase().match(WORD) ?? []).flatMap((word) =>
    UNSPACED.test(word) ? unspaced(word) : [word],
  );

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
