import type { TokenizerFiles } from './huggingface';
import { isJsonObject } from './json';
import { AddedTokens, addedTokensOf, type AddedToken } from './tokenizer-json/added-tokens';
import { Component } from './tokenizer-json/component';
import { decoderOf, withoutSpaces, type Decoder } from './tokenizer-json/decoders';
import { tokenModelOf } from './tokenizer-json/models';
import { normalizerOf } from './tokenizer-json/normalizers';
import { frameOf, type Frame } from './tokenizer-json/post-processors';
import { preTokenizerOf, schemeOf, type PreTokenizer } from './tokenizer-json/pre-tokenizers';
import type { TokenModel } from './tokenizer-json/token-model';

/**
 * A tokenizer of Hugging Face's `tokenizer.json` and `tokenizer_config.json`. It gives the ids that Python's `tokenizers`
 * gives, which `tokenizer-json/ids.json` holds for every component, or refuses a component by its name.
 */
export class Tokenizer {
  /** One above the largest id. A model's vocabulary may be larger, never smaller. */
  readonly size: number;
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | null;
  readonly unkTokenId: number | null;
  readonly padTokenId: number | null;
  /** Special tokens with which it ends every text, by its post-processor or its configuration. */
  readonly endTokenIds: readonly number[];
  /** Ids that `decode` leaves out. */
  readonly specialTokenIds: ReadonlySet<number>;
  private readonly model: TokenModel;
  private readonly added: AddedTokens;
  private readonly preTokenize: PreTokenizer;
  private readonly frame: Frame;
  private readonly decodeTokens: Decoder;
  private readonly cleansUp: boolean;
  private readonly addedIds: ReadonlyMap<string, number>;
  /** Tokens by id, as they stand in the vocabulary. */
  private readonly tokens: ReadonlyMap<number, string>;
  /** `add_bos_token`, where the configuration says so; the post-processor decides otherwise. */
  private readonly addBos: boolean | null;

  /**
   * @param where the folder's name, for messages.
   * @throws InputError for a component that we lack or that is not as Python has it.
   */
  constructor({ tokenizer, config }: TokenizerFiles, where: string) {
    const root = new Component(tokenizer, `${where}/tokenizer.json`);
    const part = (key: string): Component | null =>
      (tokenizer[key] ?? null) === null ? null : new Component(root.object(key), `${root.where}: ${key}`);
    this.model = tokenModelOf(new Component(root.object('model'), `${root.where}: model`));
    const normalizer = part('normalizer');
    const preTokenizer = part('pre_tokenizer');
    refuseMovedStart(normalizer, preTokenizer);
    this.preTokenize = preTokenizer === null ? (text) => [text] : preTokenizerOf(preTokenizer);
    const processor = part('post_processor');
    this.frame = processor === null ? { before: [], after: [] } : frameOf(processor);
    const decoder = part('decoder');
    this.decodeTokens = decoder === null ? (tokens) => [tokens.join(' ')] : decoderOf(decoder);
    const { ids } = this.model;
    const added = addedTokensOf(tokenizer, root.where, (token) => ids.get(token), ids.size);
    this.added = new AddedTokens(added, normalizer === null ? (text) => text : normalizerOf(normalizer), root.where);
    this.addedIds = new Map(added.map(({ content, id }) => [content, id]));
    this.tokens = new Map([...[...ids].map(([token, id]) => [id, token] as const), ...added.map(entry)]);
    this.size = 1 + largest(this.tokens.keys());
    const idOf = (key: string): number | null => {
      const token = isJsonObject(config[key]) ? config[key]['content'] : config[key];
      return typeof token === 'string' ? this.tokenId(token) : null;
    };
    this.bosTokenId = idOf('bos_token');
    this.eosTokenId = idOf('eos_token');
    this.unkTokenId = idOf('unk_token');
    this.padTokenId = idOf('pad_token');
    const special = added.filter(({ isSpecial }) => isSpecial).map(({ id }) => id);
    const named = [this.bosTokenId, this.eosTokenId, this.padTokenId].filter((id) => id !== null);
    this.specialTokenIds = new Set([...special, ...named]);
    this.cleansUp = config['clean_up_tokenization_spaces'] === true;
    this.addBos = booleanOrNull(config['add_bos_token']);
    const { eosTokenId: eos } = this;
    const addsEos = config['add_eos_token'] === true && eos !== null && this.frame.after.at(-1) !== eos;
    this.endTokenIds = addsEos ? [...this.frame.after, eos] : this.frame.after;
  }

  /**
   * Ids of a text, with the special tokens that the tokenizer puts around one (the BOS, say).
   * @param specialTokens `false` leaves those out; special tokens written in the text are recognised either way.
   * @throws InputError for a token that the vocabulary lacks where there is no unknown token.
   */
  encode(text: string, { specialTokens = true }: { specialTokens?: boolean } = {}): number[] {
    const plain = this.ids(text);
    if (!specialTokens) return plain;
    const ids = [...this.frame.before, ...plain, ...this.endTokenIds];
    const { bosTokenId: bos } = this;
    if (bos !== null) {
      if (this.addBos === true && ids[0] !== bos) ids.unshift(bos);
      if (this.addBos === false && ids.length > plain.length && ids[0] === bos) ids.shift();
    }
    return ids;
  }

  private ids(text: string): number[] {
    const found: number[] = [];
    for (const section of this.added.sections(wellFormed(text))) {
      if ('token' in section) found.push(section.token.id);
      else
        for (const piece of this.preTokenize(section.text, section.isFirst)) {
          for (const id of this.model.tokenize(piece)) found.push(id);
        }
    }
    return found;
  }

  /** Text of ids, special tokens left out unless asked for; ids without a token give nothing. */
  decode(ids: readonly number[], { skipSpecialTokens = true }: { skipSpecialTokens?: boolean } = {}): string {
    const kept = ids.filter((id) => this.token(id) !== null && !(skipSpecialTokens && this.specialTokenIds.has(id)));
    const text = this.decodeTokens(kept.map((id) => this.token(id) ?? '')).join('');
    return this.cleansUp ? withoutSpaces(text) : text;
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
    return this.addedIds.get(token) ?? this.model.ids.get(token) ?? null;
  }

  /** Token of an id, as it stands in the vocabulary, or null where there is none. */
  token(id: number): string | null {
    return this.tokens.get(id) ?? null;
  }
}

/** Half a pair of UTF-16 is no character, and has no bytes of its own. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

const entry = ({ id, content }: AddedToken): readonly [number, string] => [id, content];

function largest(ids: Iterable<number>): number {
  let most = -1;
  for (const id of ids) most = Math.max(most, id);
  return most;
}

/**
 * A Metaspace that marks the text's first word alone asks Python where a stretch began in the text, and a normalizer that
 * drops characters moves that.
 */
function refuseMovedStart(normalizer: Component | null, preTokenizer: Component | null): void {
  if (preTokenizer === null || normalizer === null) return;
  const first = preTokenizer.json['type'] === 'Sequence' ? preTokenizer.children('pretokenizers')[0] : preTokenizer;
  if (first?.json['type'] !== 'Metaspace' || schemeOf(first) !== 'first') return;
  const parts = normalizer.json['type'] === 'Sequence' ? normalizer.children('normalizers') : [normalizer];
  const moves = parts.find(({ json }) =>
    ['Strip', 'StripAccents', 'BertNormalizer', 'Sequence'].includes(String(json['type'])),
  );
  moves?.refuse(
    `type is ${String(moves.json['type'])} before a Metaspace that marks the first word`,
    'another normalizer',
  );
}

const booleanOrNull = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
