/** The special tokens that every task's vocabulary starts with. */
export const SPECIALS = { pad: '<pad>', unknown: '<unk>', filler: '<filler>', embed: '<|embed_token|>' };

/** The word at the end of a query: reason first, or embed at once. */
export const MODE_WORDS = { think: '<think>', direct: '<direct>' };

/** Markers and mode words together, in the order in which a vocabulary starts with them. */
export const FIRST_TOKENS: readonly string[] = [
  SPECIALS.pad,
  SPECIALS.unknown,
  MODE_WORDS.think,
  MODE_WORDS.direct,
  SPECIALS.filler,
  SPECIALS.embed,
];

/** Special tokens, a task's texts, then the words of its instructions; each word once. */
export function taskVocabulary(texts: readonly string[], instructions = { query: '', document: '' }): string[] {
  const words = [...texts, instructions.query, instructions.document].flatMap((text) => text.split(/\s+/));
  return [...new Set([...FIRST_TOKENS, ...words.filter((word) => word !== '')])];
}
