import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { parseJsonObject } from './json';
import { hasShared, sharedBytes, sharedJson } from './shared.test-data';
import { Tokenizer } from './tokenizer';
import { wordLevelTokenizer } from './word-level';

const words = ['<pad>', '<unk>', '<bos>', '<|embed_token|>', 'think', 'the', 'cat.', 'constructor'];
const files = wordLevelTokenizer(words, '<unk>', { bos: '<bos>', eos: '<|embed_token|>' });

describe('a word-level tokenizer', () => {
  const tokenizer = new Tokenizer(files, 'x');

  it('gives every word its place as id, and others the unknown one', () => {
    expect(tokenizer.encode('the  cat.\nzebra constructor toString')).toEqual([2, 5, 6, 1, 7, 1]);
    expect(tokenizer.encode('')).toEqual([2]);
    expect(tokenizer.encode('the', { specialTokens: false })).toEqual([5]);
    expect(words.map((word) => tokenizer.tokenId(word))).toEqual(words.map((_, id) => id));
    expect(tokenizer.size).toBe(words.length);
    expect(tokenizer.tokenId('zebra')).toBeNull();
    expect(tokenizer.token(99)).toBeNull();
  });

  it('finds special tokens without white space around them', () => {
    expect(tokenizer.encode('the<|embed_token|>cat.')).toEqual([2, 5, 3, 6]);
    expect([...tokenizer.specialTokenIds].sort()).toEqual([0, 1, 2, 3]);
    expect([tokenizer.bosTokenId, tokenizer.eosTokenId, tokenizer.unkTokenId, tokenizer.padTokenId]).toEqual([
      2, 3, 1, 0,
    ]);
  });

  it('decodes with and without special tokens', () => {
    expect(tokenizer.decode([2, 5, 6, 3, 0, 99])).toBe('the cat.');
    expect(tokenizer.decode([2, 5, 6, 3], { skipSpecialTokens: false })).toBe('<bos> the cat. <|embed_token|>');
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.decodeContinuation([2, 5], [6, 5, 3])).toBe(' cat. the');
    expect(tokenizer.decodeContinuation([], [6, 5])).toBe('cat. the');
  });

  it('round-trips any sequence of words', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 4, max: words.length - 1 })), (ids) => {
        expect(tokenizer.encode(tokenizer.decode(ids), { specialTokens: false })).toEqual(ids);
      }),
    );
  });

  it('is refused where its words are not a vocabulary', () => {
    expect(() => wordLevelTokenizer(['a', 'a'], 'a')).toThrow('vocabulary: word "a" twice');
    expect(() => wordLevelTokenizer(['a b'], 'a b')).toThrow(InputError);
    expect(() => wordLevelTokenizer(['a'], 'u')).toThrow('vocabulary: no "u"');
  });
});

describe('add_bos_token', () => {
  const llama = (config: object): Tokenizer =>
    new Tokenizer({ ...files, config: { ...files.config, tokenizer_class: 'LlamaTokenizerFast', ...config } }, 'x');

  it('overrules the post-processor where it is set', () => {
    expect(llama({ add_bos_token: false }).encode('the')).toEqual([5]);
    expect(llama({ add_bos_token: false }).encode('<bos>the')).toEqual([2, 5]);
    expect(llama({ add_bos_token: true, add_eos_token: true }).encode('the')).toEqual([2, 5, 3]);
    const { tokenizer } = wordLevelTokenizer(words, '<unk>');
    expect(
      new Tokenizer({ tokenizer, config: { bos_token: { content: '<bos>' }, add_bos_token: true } }, 'x').encode('the'),
    ).toEqual([2, 5]);
    expect(new Tokenizer({ tokenizer, config: {} }, 'x').encode('the zebra')).toEqual([5, 1]);
  });
});

it.each([[{}], [{ model: { type: 'Strange' } }], [{ ...files.tokenizer, added_tokens: 3 }]])(
  'refuses files that are no tokenizer (%#)',
  (tokenizer) => {
    expect(() => new Tokenizer({ tokenizer, config: {} }, 'dir')).toThrow(InputError);
    expect(() => new Tokenizer({ tokenizer, config: {} }, 'dir')).toThrow(
      /^dir\/tokenizer.json: .*expected a tokenizer/,
    );
  },
);

const reference = v.object({
  cases: v.array(
    v.object({
      text: v.string(),
      prompt_ids: v.array(v.number()),
      greedy_ids: v.array(v.number()),
      greedy_text: v.string(),
    }),
  ),
});

describe.skipIf(!hasShared('models/stories260K'))('stories260K', () => {
  it('encodes the prompts and decodes the continuations of the reference', () => {
    const folder = 'models/stories260K';
    const json = (name: string): ReturnType<typeof parseJsonObject> =>
      parseJsonObject(sharedBytes(`${folder}/${name}`), name);
    const tokenizer = new Tokenizer(
      { tokenizer: json('tokenizer.json'), config: json('tokenizer_config.json') },
      folder,
    );
    const { cases } = v.parse(reference, sharedJson(`${folder}/reference.json`));
    expect(cases.length).toBeGreaterThan(0);
    for (const { text, prompt_ids, greedy_ids, greedy_text } of cases) {
      expect(tokenizer.encode(text)).toEqual(prompt_ids);
      expect(tokenizer.decode(prompt_ids)).toBe(text);
      expect(tokenizer.decodeContinuation(prompt_ids, greedy_ids)).toBe(greedy_text);
    }
    expect(tokenizer.size).toBe(512);
  });
});
