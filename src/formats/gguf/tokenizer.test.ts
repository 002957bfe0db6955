import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { hasShared, sharedJson } from '../shared.test-data';
import { hasSmolLm2, smolLm2 } from '../smollm2.test-data';
import { Tokenizer } from '../tokenizer';
import { ggufTokenizer } from './tokenizer';

const bytes = Array.from({ length: 256 }, (_, byte) => {
  const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  return printable ? String.fromCharCode(byte) : null;
});
let others = 0;
const alphabet = bytes.map((character) => character ?? String.fromCharCode(256 + others++));

/** A header with all bytes and a few merges. */
function header(pre: string | undefined, more: Record<string, unknown> = {}): Map<string, unknown> {
  const merges = ['1 2', '12 3', '4 5', '123 45', 'Ġ =', '= (', 'Ġ (', ') :', '): Ċ', 'Ġ= Ġ('];
  const tokens = ['<s>', '</s>', ...alphabet, ...merges.map((merge) => merge.replace(' ', ''))];
  return new Map<string, unknown>(
    Object.entries({
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': pre,
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': tokens.map((_, id) => (id < 2 ? 3 : 1)),
      'tokenizer.ggml.merges': merges,
      'tokenizer.ggml.bos_token_id': 0,
      'tokenizer.ggml.eos_token_id': 1,
      ...more,
    }).filter(([, value]) => value !== undefined),
  );
}

const opened = (metadata: ReadonlyMap<string, unknown>): Tokenizer => new Tokenizer(ggufTokenizer(metadata, 'f')!, 'f');

function pieces(pre: string): string[] {
  const tokenizer = opened(header(pre));
  return tokenizer.encode('x = (12345):\n').map((id) => tokenizer.token(id) ?? '?');
}

describe('the way a GGUF file says that text is cut', () => {
  it('follows the name that it gives, because merges alone do not show it', () => {
    expect(pieces('qwen2')).toEqual(['x', 'Ġ=', 'Ġ(', '1', '2', '3', '4', '5', '):Ċ']);
    expect(pieces('llama-bpe')).toEqual(['x', 'Ġ=', 'Ġ(', '123', '45', '):Ċ']);
    expect(pieces('gpt-2')).toEqual(['x', 'Ġ=', 'Ġ(', '12345', '):', 'Ċ']);
    expect(pieces('smollm')).toEqual(['x', 'Ġ=', 'Ġ(', '1', '2', '3', '4', '5', '):', 'Ċ']);
    expect(pieces('default')).toEqual(['x', 'Ġ', '=', 'Ġ', '(', '123', '45', '):', 'Ċ']);
  });

  it('refuses a name that is not known, and none', () => {
    expect(() => opened(header('grok-9'))).toThrow(
      /^f: tokenizer.ggml.pre is "grok-9", expected one of default, gpt-2/,
    );
    expect(() => opened(header(undefined))).toThrow(/^f: no tokenizer.ggml.pre, expected one of/);
    expect(() => opened(header('qwen2', { 'tokenizer.ggml.model': 'rwkv' }))).toThrow(
      'f: tokenizer.ggml.model is "rwkv", expected "gpt2" or "llama"',
    );
    expect(ggufTokenizer(new Map(), 'f')).toBeNull();
  });
});

describe('a GGUF tokenizer', () => {
  it('begins with a BOS only where the file says so', () => {
    expect(opened(header('qwen2')).encode('x')).toHaveLength(1);
    const adds = opened(
      header('qwen2', { 'tokenizer.ggml.add_bos_token': true, 'tokenizer.ggml.add_eos_token': true }),
    );
    expect(adds.encode('x')).toEqual([0, adds.tokenId('x'), 1]);
    expect(adds.endTokenIds).toEqual([1]);
    expect(adds.encode('<s>x', { specialTokens: false })).toEqual([0, adds.tokenId('x')]);
  });

  it('leaves out tokens that only pad the embedding', () => {
    const metadata = header('qwen2');
    const tokens = [...(metadata.get('tokenizer.ggml.tokens') as string[])];
    const types = [...(metadata.get('tokenizer.ggml.token_type') as number[])];
    metadata.set('tokenizer.ggml.tokens', [...tokens, '[PAD268]']).set('tokenizer.ggml.token_type', [...types, 5]);
    expect(opened(metadata).size).toBe(tokens.length);
  });

  it('refuses lists that do not fit each other', () => {
    expect(() => opened(header('qwen2', { 'tokenizer.ggml.token_type': [1] }))).toThrow(
      'f: tokenizer.ggml.token_type has 1 entries, expected one for each of the 268 tokens',
    );
    expect(() => opened(header('qwen2', { 'tokenizer.ggml.merges': undefined }))).toThrow(
      'f: no tokenizer.ggml.merges',
    );
  });

  it('merges by the scores of the merged tokens where it comes from SentencePiece', () => {
    const tokens = ['<unk>', '<s>', '</s>', '<0xC3>', '<0xA9>', '▁', 'a', 'b', 'ab', '▁a', '▁ab', 'bb'];
    const metadata = new Map<string, unknown>([
      ['tokenizer.ggml.model', 'llama'],
      ['tokenizer.ggml.tokens', tokens],
      ['tokenizer.ggml.scores', [0, 0, 0, 0, 0, -9, -9, -9, -1, -2, -3, -0.5]],
      ['tokenizer.ggml.token_type', [2, 3, 3, 6, 6, 1, 1, 1, 1, 1, 1, 1]],
      ['tokenizer.ggml.unknown_token_id', 0],
      ['tokenizer.ggml.bos_token_id', 1],
      ['tokenizer.ggml.add_bos_token', true],
    ]);
    const tokenizer = opened(metadata);
    const read = (text: string): string[] => tokenizer.encode(text).map((id) => tokenizer.token(id) ?? '?');
    expect(read('ab')).toEqual(['<s>', '▁ab']);
    expect(read('abb a')).toEqual(['<s>', '▁a', 'bb', '▁a']);
    expect(read('é')).toEqual(['<s>', '▁', '<0xC3>', '<0xA9>']);
    expect(tokenizer.decode(tokenizer.encode('abb aé'))).toBe('abb aé');
  });
});

const REFERENCE = 'models/smollm2-135m-instruct/reference.json';
const reference = v.object({
  cases: v.array(v.object({ rendered: v.string(), prompt_ids: v.array(v.number()) })),
  tokens: v.array(v.object({ text: v.string(), ids: v.array(v.number()) })),
});

describe.skipIf(!hasSmolLm2 || !hasShared(REFERENCE))('the tokenizer in the GGUF file of SmolLM2', () => {
  it('gives the ids of transformers, and the texts again', async () => {
    const { tokenizer: files } = await smolLm2();
    const tokenizer = new Tokenizer(files!, 'smollm2');
    const { cases, tokens } = v.parse(reference, sharedJson(REFERENCE));
    expect(tokens.length).toBeGreaterThan(0);
    const texts = [...tokens, ...cases.map(({ rendered, prompt_ids }) => ({ text: rendered, ids: prompt_ids }))];
    for (const { text, ids } of texts) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe(text);
    }
    expect([tokenizer.size, tokenizer.eosTokenId, tokenizer.endTokenIds]).toEqual([49152, 2, []]);
  });
});
