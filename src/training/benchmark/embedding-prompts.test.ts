import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../formats/tokenizer';
import { wordLevelTokenizer, type WordLevelOptions } from '../../formats/word-level';
import { EmbeddingPrompts } from './embedding-prompts';

const CONTEXT = 5;
const promptsOf = (words: string[], options: WordLevelOptions = {}): EmbeddingPrompts =>
  new EmbeddingPrompts(new Tokenizer(wordLevelTokenizer(words, '<unk>', options), 'folder'), CONTEXT, 'folder');

/** Ids 2, 3 are words, 4 and 5 the think word and the embed token. */
const KIN = ['<pad>', '<unk>', 'a', 'b', '<think>', '<|embed_token|>'];

describe('EmbeddingPrompts', () => {
  it('ends a text in the embed token, and cuts what is longer than the context', () => {
    const prompts = promptsOf(KIN);
    expect(prompts.direct(['a b', '', 'a b a b', 'b a b a b'])).toEqual({
      sequences: [[2, 3, 5], [5], [2, 3, 2, 3, 5], [3, 2, 3, 2, 5]],
      truncated: 1,
    });
    expect(prompts.reasoning(['a zebra', '', 'a b a', 'a b a b'])).toEqual({
      sequences: [[2, 1, 4], [4], [2, 3, 2, 4], [2, 3, 2, 4]],
      truncated: 1,
    });
  });

  it('asks to embed a query at once, where the model knows the word for it', () => {
    const prompts = promptsOf([...KIN, '<direct>']);
    expect(prompts.directQueries(['a', 'a <direct>', 'a <think>', 'a b a b'])).toEqual({
      sequences: [
        [2, 6, 5],
        [2, 6, 5],
        [2, 4, 5],
        [2, 3, 2, 6, 5],
      ],
      truncated: 1,
    });
    expect(promptsOf(KIN).directQueries(['a']).sequences).toEqual([[2, 5]]);
  });

  it('adds no second embed token or think word', () => {
    const prompts = promptsOf(KIN);
    expect(prompts.direct(['a <|embed_token|>', 'a b a b <|embed_token|>'])).toEqual({
      sequences: [
        [2, 5],
        [2, 3, 2, 3, 5],
      ],
      truncated: 0,
    });
    expect(prompts.reasoning(['a <think>']).sequences).toEqual([[2, 4]]);
  });

  it('keeps a BOS, and takes the end of sequence where there is no embed token', () => {
    const prompts = promptsOf(['<unk>', '<s>', '</s>', 'a'], { bos: '<s>', eos: '</s>' });
    expect(prompts.direct(['a', 'a a a a']).sequences).toEqual([
      [1, 3, 2],
      [1, 3, 3, 3, 2],
    ]);
    // Without a think word the text alone is the prompt.
    expect(prompts.reasoning(['a']).sequences).toEqual([[1, 3, 0]]);
  });

  it('takes the token with which the tokenizer itself ends a text, for every passage, once', () => {
    const { tokenizer, config } = wordLevelTokenizer(['<unk>', '<|endoftext|>', '<|im_end|>', 'a', 'b'], '<unk>', {
      eos: '<|im_end|>',
    });
    const name = '<|endoftext|>';
    const post_processor = {
      type: 'TemplateProcessing',
      single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: name, type_id: 0 } }],
      special_tokens: { [name]: { id: name, ids: [1], tokens: [name] } },
    };
    const qwen = new EmbeddingPrompts(
      new Tokenizer({ tokenizer: { ...tokenizer, post_processor }, config }, 'x'),
      4,
      'x',
    );
    expect(qwen.embedToken).toBe('<|endoftext|>');
    expect(qwen.direct(['a b', 'a <|endoftext|>', 'a <|im_end|>', '', 'a b a b']).sequences).toEqual([
      [3, 4, 1],
      [3, 1],
      [3, 2, 1],
      [1],
      [3, 4, 3, 1],
    ]);
    expect(qwen.passages(['a b a b a', 'a']).sequences).toEqual([
      [3, 4, 3, 1],
      [3, 4, 3, 1],
      [3, 1],
    ]);
  });

  describe('of a folder of sentence-transformers', () => {
    const settings = { pooling: 'lasttoken' as const, query: 'b ', document: '', longest: null, notices: [] };
    const bos = wordLevelTokenizer(['<unk>', '<s>', '</s>', 'a', 'b'], '<unk>', { bos: '<s>', eos: '</s>' });
    const own = new EmbeddingPrompts(new Tokenizer(bos, 'x'), CONTEXT, 'x', settings);

    it('embed a text at its own last token where the tokenizer ends it with none', () => {
      expect([own.embedId, own.embedToken]).toEqual([null, null]);
      expect(own.direct(['a', 'a a a a a'])).toEqual({ sequences: [[1, 3], [1, 3, 3, 3, 3]], truncated: 1 }); // prettier-ignore
      expect(() => own.reasoning(['a'])).toThrow('x: embeds a text at its own last token, expected a token that ends');
    });

    it('put the prompt of a query before queries and that of a document before every passage', () => {
      expect(own.directQueries(['a']).sequences).toEqual([[1, 4, 3]]);
      const both = new EmbeddingPrompts(new Tokenizer(bos, 'x'), CONTEXT, 'x', { ...settings, document: 'b b ' });
      expect(both.direct(['a']).sequences).toEqual([[1, 4, 4, 3]]);
      expect(both.passages(['a <unk> a', 'a']).sequences).toEqual([[1, 4, 4, 3, 0], [1, 4, 4, 0, 3], [1, 4, 4, 3]]); // prettier-ignore
    });

    it('end in what the tokenizer ends a text with, within the limit that the folder names', () => {
      const { tokenizer, config } = bos;
      const ends = new Tokenizer({ tokenizer, config: { ...config, add_eos_token: true } }, 'x');
      const prompts = new EmbeddingPrompts(ends, CONTEXT, 'x', { ...settings, longest: 4 });
      expect(prompts.embedToken).toBe('</s>');
      expect(prompts.directQueries(['a', 'a a a']).sequences).toEqual([[1, 4, 3, 2], [1, 4, 3, 2]]); // prettier-ignore
      // The words that ask a base for reasoning are one unknown word here.
      expect(prompts.reasoning(['a a a']).sequences).toEqual([[1, 4, 0]]);
    });

    it('know no words of ours', () => {
      const tokenizer = new Tokenizer(wordLevelTokenizer([...KIN, '<direct>'], '<unk>'), 'x');
      const prompts = new EmbeddingPrompts(tokenizer, CONTEXT, 'x', { ...settings, query: '' });
      expect(prompts.directQueries(['a']).sequences).toEqual([[2]]);
    });
  });

  describe('of an encoder', () => {
    const { tokenizer, config } = wordLevelTokenizer(['<unk>', '[CLS]', '[SEP]', 'a', 'b'], '<unk>');
    const post_processor = { type: 'BertProcessing', cls: ['[CLS]', 1], sep: ['[SEP]', 2] };
    const settings = { pooling: 'mean' as const, query: 'b ', document: '', longest: 4, notices: [] };
    const own = new EmbeddingPrompts(
      new Tokenizer({ tokenizer: { ...tokenizer, post_processor }, config }, 'x'),
      9,
      'x',
      settings,
    );

    it('stand between its first and its last token, cut to what its folder says, documents too', () => {
      expect(own.pooling).toBe('mean');
      expect(own.directQueries(['a', 'a a b', ''])).toEqual({ sequences: [[1, 4, 3, 2], [1, 4, 3, 2], [1, 4, 2]], truncated: 1 }); // prettier-ignore
      expect(own.passages(['a b a a', 'a [SEP]', ''])).toEqual({
        sequences: [
          [1, 3, 4, 2],
          [1, 3, 2, 2],
          [1, 2],
        ],
        owners: Int32Array.of(0, 1, 2),
        split: 0,
        truncated: 1,
      });
    });

    it('have no token that embeds, and no reasoning', () => {
      expect([own.embedId, own.embedToken, own.wasTaughtToReason]).toEqual([null, null, false]);
      expect(() => own.reasoning(['a'])).toThrow('x: embeds a text by the mean of all its tokens, expected a token');
    });
  });

  it('refuses a tokenizer with neither', () => {
    expect(() => promptsOf(['<unk>', 'a'])).toThrow(
      'folder/tokenizer.json: no <|embed_token|>, expected that token or an eos_token',
    );
  });
});

describe('passages', () => {
  it('cut what is longer than the context, each with the embed token at its end', () => {
    expect(promptsOf(KIN).passages(['a b', 'a b a b b b', '', 'a b a b'])).toEqual({
      sequences: [[2, 3, 5], [2, 3, 2, 3, 5], [2, 3, 3, 3, 5], [5], [2, 3, 2, 3, 5]],
      owners: Int32Array.of(0, 1, 1, 2, 3),
      split: 1,
      truncated: 0,
    });
  });

  it('each begin with the BOS', () => {
    const prompts = promptsOf(['<unk>', '<s>', '</s>', 'a', 'b'], { bos: '<s>', eos: '</s>' });
    expect(prompts.passages(['a a b b', '']).sequences).toEqual([
      [1, 3, 3, 4, 2],
      [1, 3, 4, 4, 2],
      [1, 2],
    ]);
  });
});
