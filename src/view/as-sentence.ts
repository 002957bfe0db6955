/**
 * Matches a text that begins with the name of a file or a setting, such as `corpus.jsonl`, `qrels/dev.tsv` or
 * `sft.batch_size`, which gets no capital.
 */
const NAME = /^[^\s,:]*[._/][^\s,:]/;

/** A reason as a sentence of its own, with a capital and a full stop. */
export function asSentence(text: string): string {
  const begun = NAME.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
