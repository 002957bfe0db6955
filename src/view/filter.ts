/** An item that can be found by its texts; a match in `about` counts less than one in `label`. */
export interface Findable {
  label: string;
  about: string;
}

/**
 * Scores how well `text` matches `query`, higher is better; null for no match. Every word of the query must match: at a
 * word's start, inside a word, or, where `loosely`, as its letters in order.
 */
export function matchScore(query: string, text: string, loosely = true): number | null {
  const hay = text.toLowerCase();
  let score = 0;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word);
    if (at === 0) score += 100;
    else if (at > 0) score += /[\s._:,/-]/.test(hay[at - 1]!) ? 80 : 50;
    else if (loosely && inOrder(word, hay)) score += 10;
    else return null;
  }
  return score - hay.length / 100;
}

function inOrder(letters: string, hay: string): boolean {
  let from = 0;
  for (const letter of letters) {
    const at = hay.indexOf(letter, from);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

/** The items that match the query, best first. */
export function filterBy<T extends Findable>(items: readonly T[], query: string): T[] {
  if (query.trim() === '') return [...items];
  return items
    .flatMap((item) => {
      const named = matchScore(query, item.label);
      const said = matchScore(query, `${item.label} ${item.about}`, false);
      const score = Math.max(named === null ? -Infinity : named + 1, said === null ? -Infinity : said / 2);
      return score === -Infinity ? [] : [{ item, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}
