import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { InputError } from '../lib/errors';
import type { TokenizerFiles } from './huggingface';
import { isJsonObject, type JsonObject } from './json';

/**
 * A tokenizer of Hugging Face's `tokenizer.json` and `tokenizer_config.json`. Encoding and decoding are those of
 * `@huggingface/tokenizers`, which needs no DOM and no Node; what `transformers` does around them is done here.
 */
export class Tokenizer {
  /** One above the largest id. A model's vocabulary may be larger, never smaller. */
  readonly size: number;
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | null;
  readonly unkTokenId: number | null;
  readonly padTokenId: number | null;
  /** Ids that `decode` leaves out. */
  readonly specialTokenIds: ReadonlySet<number>;
  private readonly inner: HuggingFaceTokenizer;
  /** `add_bos_token` and `add_eos_token`, where the configuration says so; the post-processor decides otherwise. */
  private readonly addBos: boolean | null;
  private readonly addEos: boolean | null;

  /**
   * @param where the folder's name, for messages.
   * @throws InputError where the library cannot load the files.
   */
  constructor(files: TokenizerFiles, where: string) {
    const config = withPlainTokens(files);
    try {
      this.inner = new HuggingFaceTokenizer(files.tokenizer, config);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(`${where}/tokenizer.json: ${reason}, expected a tokenizer in Hugging Face's format`);
    }
    let size = 0;
    for (const id of this.inner.get_vocab(true).values()) size = Math.max(size, id + 1);
    this.size = size;
    const idOf = (key: string): number | null => {
      const token = config[key];
      return typeof token === 'string' ? this.tokenId(token) : null;
    };
    this.bosTokenId = idOf('bos_token');
    this.eosTokenId = idOf('eos_token');
    this.unkTokenId = idOf('unk_token');
    this.padTokenId = idOf('pad_token');
    const added = [...this.inner.get_added_tokens_decoder()];
    const special = added.filter(([, token]) => token.special).map(([id]) => id);
    const named = [this.bosTokenId, this.eosTokenId, this.padTokenId].filter((id) => id !== null);
    this.specialTokenIds = new Set([...special, ...named]);
    this.addBos = booleanOrNull(config['add_bos_token']);
    this.addEos = booleanOrNull(config['add_eos_token']);
  }

  /**
   * Ids of a text, with the special tokens that the tokenizer puts around one (the BOS, say).
   * @param specialTokens `false` leaves those out; special tokens written in the text are recognised either way.
   * @throws InputError for a token that the vocabulary lacks where there is no unknown token.
   */
  encode(text: string, { specialTokens = true }: { specialTokens?: boolean } = {}): number[] {
    const plain = this.ids(text, false);
    if (!specialTokens) return plain;
    const ids = this.ids(text, true);
    const { bosTokenId: bos, eosTokenId: eos } = this;
    if (bos !== null) {
      if (this.addBos === true && ids[0] !== bos) ids.unshift(bos);
      if (this.addBos === false && ids.length > plain.length && ids[0] === bos) ids.shift();
    }
    if (eos !== null && this.addEos === true && ids.at(-1) !== eos) ids.push(eos);
    return ids;
  }

  private ids(text: string, specialTokens: boolean): number[] {
    const { ids, tokens } = this.inner.encode(text, { add_special_tokens: specialTokens });
    // The library's types promise numbers; without an unknown token it gives undefined for what it does not know.
    const missing = ids.findIndex((id) => !Number.isInteger(id));
    if (missing >= 0) {
      throw new InputError(`text: ${JSON.stringify(tokens[missing])} is not in the vocabulary, expected known words`);
    }
    return ids;
  }

  /** Text of ids, special tokens left out unless asked for; ids without a token give nothing. */
  decode(ids: readonly number[], { skipSpecialTokens = true }: { skipSpecialTokens?: boolean } = {}): string {
    const kept = ids.filter((id) => this.token(id) !== null && !(skipSpecialTokens && this.specialTokenIds.has(id)));
    return kept.length === 0 ? '' : this.inner.decode(kept, { skip_special_tokens: false });
  }

  /**
   * Text that ids add after others: with the space between them, which `decode` would strip at a text's start.
   * @param before ids that came before, the prompt's.
   */
  decodeContinuation(before: readonly number[], ids: readonly number[]): string {
    const kept = ids.filter((id) => !this.specialTokenIds.has(id));
    const start = this.decode(before, { skipSpecialTokens: false });
    const whole = this.decode([...before, ...kept], { skipSpecialTokens: false });
    // The start may differ where it ends inside a character: the bytes that follow complete it.
    let common = 0;
    while (common < start.length && start[common] === whole[common]) common++;
    return whole.slice(common);
  }

  /** Id of a token, or null where the vocabulary lacks it. */
  tokenId(token: string): number | null {
    return this.inner.token_to_id(token) ?? null;
  }

  /** Token of an id, as it stands in the vocabulary, or null where there is none. */
  token(id: number): string | null {
    return this.inner.id_to_token(id) ?? null;
  }
}

const TOKEN_KEYS = ['bos_token', 'eos_token', 'unk_token', 'pad_token'] as const;

/**
 * The configuration as the library wants it: special tokens as strings (older files have `{content}` objects), the
 * unknown token of a WordLevel model, and no clean-up of spaces unless asked for, as in `transformers` 5.
 */
function withPlainTokens({ tokenizer, config }: TokenizerFiles): JsonObject {
  const plain: Record<string, unknown> = {
    ...config,
    clean_up_tokenization_spaces: config['clean_up_tokenization_spaces'] === true,
  };
  for (const key of TOKEN_KEYS) {
    const token = config[key];
    if (isJsonObject(token)) plain[key] = token['content'];
  }
  const { model } = tokenizer;
  if (isJsonObject(model) && model['type'] === 'WordLevel') plain['unk_token'] ??= model['unk_token'];
  return plain;
}

const booleanOrNull = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
