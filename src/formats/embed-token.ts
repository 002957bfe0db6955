import { InputError } from '../lib/errors';
import { joined } from '../lib/joined';
import type { Elements } from '../tensors/dtype';
import { EMBEDDING, HEAD, tensorLayout } from '../tensors/layout';
import type { WeightSource } from '../tensors/weight-source';
import { tensorDtypes, type OpenedModel } from './opened-model';
import { specialToken } from './special-token';
import { Tokenizer } from './tokenizer';

/** The token of the paper, which a model that was trained here ends in. */
export const EMBED_TOKEN = '<|embed_token|>';

/** A token that may embed. */
export interface EmbedTokenChoice {
  token: string;
  /** Its row of the embedding. */
  id: number;
  /**
   * `trained`: the model was trained to embed with it; `ends`: the tokenizer itself ends texts with it; `unused`: it is in
   * the vocabulary and no text or template has it; `new`: the tokenizer gets it, and the embedding a row where it has none
   * to spare.
   */
  kind: 'trained' | 'ends' | 'unused' | 'new';
  /** Why, in a sentence for the person who decides. */
  reason: string;
}

/** Names that makers of models give to tokens that are kept for later. */
const RESERVED = /reserved|unused|placeholder|extra_?id/i;

/**
 * Tokens that may embed, the proposed one first. The last is always a new one.
 * @throws InputError where the model has no tokenizer.
 */
export function embedTokenChoices(opened: OpenedModel, where: string): EmbedTokenChoice[] {
  if (opened.tokenizer === null) throw new InputError(`${where}: no tokenizer, expected one for a token to embed`);
  const tokenizer = new Tokenizer(opened.tokenizer, where);
  const choices: EmbedTokenChoice[] = [];
  const trained = tokenizer.tokenId(EMBED_TOKEN);
  const add = (id: number, kind: EmbedTokenChoice['kind'], reason: string): void => {
    choices.push({ token: tokenizer.token(id) ?? '', id, kind, reason });
  };
  if (trained !== null) add(trained, 'trained', 'the model was trained to embed with it');
  const ends = tokenizer.endTokenIds.at(-1);
  if (ends !== undefined && ends !== trained) add(ends, 'ends', 'the tokenizer itself ends every text with it');
  const spare = unusedTokens(opened, tokenizer).filter((id) => id !== trained);
  const unused = spare.find((id) => RESERVED.test(tokenizer.token(id) ?? '')) ?? spare[0];
  if (unused !== undefined) {
    add(unused, 'unused', 'a special token that neither texts nor the chat template use; its row is trained');
  }
  if (trained === null) {
    const id = tokenizer.size;
    const row = id < opened.arch.vocab_size ? 'takes a row that no token has' : 'adds a row to the embedding';
    choices.push({
      token: EMBED_TOKEN,
      id,
      kind: 'new',
      reason: `a token of its own, which ${row}; its row is trained`,
    });
  }
  return choices;
}

/** Special tokens that nothing ends or begins with, by id. */
function unusedTokens({ tokenizer: files, chatTemplate, eosTokenIds }: OpenedModel, tokenizer: Tokenizer): number[] {
  const { bosTokenId, eosTokenId, unkTokenId, padTokenId, endTokenIds } = tokenizer;
  const named = Object.values(files?.config ?? {}).filter((value) => typeof value === 'string');
  const used = new Set([bosTokenId, eosTokenId, unkTokenId, padTokenId, ...endTokenIds, ...eosTokenIds]);
  for (const id of tokenizer.encode('')) used.add(id);
  return [...tokenizer.specialTokenIds]
    .filter((id) => {
      const token = tokenizer.token(id) ?? '';
      return !used.has(id) && !named.includes(token) && chatTemplate?.includes(token) !== true;
    })
    .sort((a, b) => a - b);
}

/**
 * The model with a token that embeds: itself where its vocabulary has the token; else its tokenizer gets it as a special
 * token, and where the embedding has no row to spare, so does the embedding (and an untied head), a copy of the row that
 * ends texts, in the dtype that they have.
 * @param token as a session names it in `model.adapter.embed_token`.
 * @throws InputError where the model has no tokenizer, or the name is no name of a token.
 */
export function withEmbedToken(opened: OpenedModel, token: string, where: string): { opened: OpenedModel; id: number } {
  const { tokenizer: files, arch } = opened;
  if (files === null) throw new InputError(`${where}: no tokenizer, expected one for a token to embed`);
  const tokenizer = new Tokenizer(files, where);
  const known = tokenizer.tokenId(token);
  if (known !== null) return { opened, id: known };
  if (!/^\S+$/u.test(token)) {
    throw new InputError(
      `model.adapter.embed_token: ${JSON.stringify(token)}, expected the name of a token, no spaces`,
    );
  }
  const id = tokenizer.size;
  const added: unknown = files.tokenizer['added_tokens'] ?? [];
  const list: unknown[] = Array.isArray(added) ? added : [];
  const grown = { ...files.tokenizer, added_tokens: [...list, specialToken(id, token)] };
  const withToken = { ...opened, tokenizer: { ...files, tokenizer: grown } };
  if (id < arch.vocab_size) return { opened: withToken, id };
  const copied = tokenizer.endTokenIds.at(-1) ?? tokenizer.eosTokenId ?? opened.eosTokenIds[0] ?? 0;
  const weights = new GrownSource(opened.weights, arch.vocab_size, copied);
  const larger = { ...arch, vocab_size: arch.vocab_size + 1 };
  const dtypes = tensorDtypes(tensorLayout(larger), weights);
  return { opened: { ...withToken, arch: larger, weights, tensorDtype: dtypes }, id };
}

/** Whether `withEmbedToken` added a row to a model that its own files lack: an adapter alone cannot hold that row. */
export const hasNewRow = ({ weights }: Pick<OpenedModel, 'weights'>): boolean => weights instanceof GrownSource;

/** Weights whose embedding and head have one row more, a copy of one of theirs. */
class GrownSource implements WeightSource {
  /** @param rows of the base's vocabulary; @param copied the row that stands at its end once more. */
  constructor(
    private readonly base: WeightSource,
    private readonly rows: number,
    private readonly copied: number,
  ) {}

  dtypeOf(name: string): ReturnType<WeightSource['dtypeOf']> {
    return this.base.dtypeOf(name);
  }

  async read(name: string, row: number, rows: number): Promise<Elements> {
    const isGrown = (name === EMBEDDING || name === HEAD) && row + rows > this.rows;
    if (!isGrown) return this.base.read(name, row, rows);
    const last = await this.base.read(name, this.copied, 1);
    return row === this.rows ? last : together(await this.base.read(name, row, this.rows - row), last);
  }
}

function together(first: Elements, second: Elements): Elements {
  if (first instanceof Float32Array && second instanceof Float32Array) return joined([first, second], Float32Array);
  if ('bits' in first && 'bits' in second && first.dtype === second.dtype) {
    return { dtype: first.dtype, bits: joined([first.bits, second.bits], Uint16Array) };
  }
  if ('bytes' in first && 'bytes' in second && first.dtype === second.dtype) {
    return { dtype: first.dtype, bytes: joined([first.bytes, second.bytes], Uint8Array) };
  }
  throw new Error('rows of one tensor in two dtypes');
}
