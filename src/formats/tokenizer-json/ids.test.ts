import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import type { JsonObject } from '../json';
import { Tokenizer } from '../tokenizer';

const table = v.parse(
  v.object({
    texts: v.array(v.string()),
    characters: v.string(),
    rows: v.array(
      v.object({
        name: v.string(),
        parts: v.record(v.string(), v.unknown()),
        ids: v.array(v.array(v.number())),
        decoded: v.optional(v.array(v.string())),
      }),
    ),
  }),
  JSON.parse(readFileSync(new URL('ids.json', import.meta.url), 'utf8')),
);

const characters = Array.from(table.characters);
/** A BPE of single characters, inside and at the end of a word. */
const model = {
  type: 'BPE',
  unk_token: '<unk>',
  end_of_word_suffix: '</w>',
  vocab: Object.fromEntries(
    ['<s>', '</s>', '<unk>', ...characters, ...characters.map((one) => `${one}</w>`)].map((token, id) => [token, id]),
  ),
  merges: [],
};
const tokenizerOf = (parts: JsonObject): Tokenizer =>
  new Tokenizer({ tokenizer: { model, ...parts }, config: {} }, 'x');

describe("the ids of Python's tokenizers", () => {
  it.each(table.rows)('$name', ({ parts, ids, decoded }) => {
    const tokenizer = tokenizerOf(parts);
    table.texts.forEach((text, at) => {
      expect({ text, ids: tokenizer.encode(text) }).toEqual({ text, ids: ids[at] });
      if (decoded) {
        const back = tokenizer.decode(ids[at]!, { skipSpecialTokens: false });
        expect({ text, back }).toEqual({ text, back: decoded[at] });
      }
    });
  });
});

const sequence = (key: string, ...parts: object[]): object => ({ type: 'Sequence', [key]: parts });

describe('what is refused by name', () => {
  it.each<[string, JsonObject, RegExp]>([
    [
      'a normalizer',
      { normalizer: { type: 'Precompiled', precompiled_charsmap: 'AA==' } },
      /normalizer: type is "Precompiled"/,
    ],
    [
      'a normalizer inside others',
      { normalizer: sequence('normalizers', { type: 'Nmt' }) },
      /normalizers\[0\]: type is "Nmt"/,
    ],
    ['a pre-tokenizer', { pre_tokenizer: { type: 'UnicodeScripts' } }, /pre_tokenizer: type is "UnicodeScripts"/],
    ['a model', { model: { type: 'Strange' } }, /model: type is "Strange"/],
    ['a post-processor', { post_processor: { type: 'Other' } }, /post_processor: type is "Other"/],
    ['a decoder', { decoder: { type: 'CTC' } }, /decoder: type is "CTC"/],
    ['dropout', { model: { ...model, dropout: 0.1 } }, /model: dropout is 0.1/],
    ['a merge of unknown tokens', { model: { ...model, merges: ['a qq'] } }, /merges\[0\] needs "qq"/],
    ['an id twice', { model: { ...model, vocab: { a: 0, b: 0 } } }, /vocab gives "b" the id 0 once more/],
    ['an added token with an id of its own', { added_tokens: [{ id: 9999, content: '<new>' }] }, /"<new>" has id 9999/],
    [
      'an added token that is nothing',
      {
        normalizer: { type: 'Strip', strip_left: true, strip_right: true },
        added_tokens: [{ id: 2 * characters.length + 3, content: '  ' }],
      },
      /nothing once normalized/,
    ],
    [
      'a template without its text',
      { post_processor: { type: 'TemplateProcessing', single: [], special_tokens: {} } },
      /the text 0 times/,
    ],
    [
      'a first word that a normalizer moves',
      {
        normalizer: { type: 'Strip', strip_left: true, strip_right: true },
        pre_tokenizer: { type: 'Metaspace', replacement: '_', prepend_scheme: 'first' },
      },
      /normalizer: type is Strip before a Metaspace/,
    ],
    [
      'a first word after another cut',
      {
        pre_tokenizer: sequence(
          'pretokenizers',
          { type: 'Whitespace' },
          { type: 'Metaspace', replacement: '_', prepend_scheme: 'first' },
        ),
      },
      /after another pre-tokenizer/,
    ],
    [
      'a regular expression that is none',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } },
      /pattern "\("/,
    ],
    [
      'a regular expression without an equal',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '\\X' }, behavior: 'Isolated' } },
      /pattern/,
    ],
    [
      'one that may take for ever',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+b' }, behavior: 'Isolated' } },
      /sure to end/,
    ],
    [
      'alternatives without end',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '((a|ab)(c|bc))*d' }, behavior: 'Isolated' } },
      /sure to end/,
    ],
  ])('%s', (_, parts, message) => {
    expect(() => tokenizerOf(parts)).toThrow(InputError);
    expect(() => tokenizerOf(parts)).toThrow(message);
  });
});

describe('a word without end', () => {
  it('is cut in a time that grows with its length', () => {
    const merges = [
      ['a', 'a'],
      ['aa', 'aa'],
      ['aaaa', 'aaaa'],
    ];
    const vocab = Object.fromEntries(['a', 'aa', 'aaaa', 'aaaaaaaa', 'b'].map((token, id) => [token, id]));
    const tokenizer = tokenizerOf({ model: { type: 'BPE', vocab, merges } });
    expect(tokenizer.encode('a'.repeat(800_000))).toEqual(Array.from({ length: 100_000 }, () => 3));
    const unigram = tokenizerOf({
      model: {
        type: 'Unigram',
        unk_id: 0,
        vocab: [
          ['<unk>', 0],
          ['a', -1],
          ['aa', -1.5],
        ],
      },
    });
    expect(unigram.encode('a'.repeat(200_000))).toHaveLength(100_000);
  });
});
