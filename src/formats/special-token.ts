/** An entry of `added_tokens` in a tokenizer.json: found as it stands, before anything is normalised. */
export const specialToken = (id: number, content: string) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});
