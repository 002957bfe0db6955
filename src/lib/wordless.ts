/** The sentence where BM25 finds nothing for some queries; empty where it finds something for all. */
export function wordlessSentence(queries: number): string {
  if (queries === 0) return '';
  return queries === 1
    ? 'BM25 finds no document for 1 query: none of its words stands in any.'
    : `BM25 finds no document for ${queries} queries: none of their words stands in any.`;
}
