/** A tokenizer's vocabulary, and how it cuts a piece into tokens. */
export interface TokenModel {
  ids: ReadonlyMap<string, number>;
  /** @throws InputError for a piece that is not in the vocabulary where there is no token for the unknown. */
  tokenize(piece: string): number[];
}
