import { describe, expect, it } from 'vitest';
import { endingIn, sentenceTransformersFiles } from './sentence-transformers';
import { Tokenizer } from './tokenizer';
import { wordLevelTokenizer } from './word-level';

const WORDS = ['<pad>', '<unk>', '<bos>', '</s>', 'a', 'b', '<|embed_token|>'];

describe('a tokenizer that is taken to sentence-transformers', () => {
  it('ends every text in the token that embeds, once, and begins as before', () => {
    const files = wordLevelTokenizer(WORDS, '<unk>', { bos: '<bos>', eos: '</s>', pad: '<pad>' });
    const config = { ...files.config, add_bos_token: true, add_eos_token: true, tokenizer_class: 'LlamaTokenizer' };
    const before = new Tokenizer({ ...files, config }, 'x');
    expect(before.encode('a b')).toEqual([2, 4, 5, 3]);
    const taken = endingIn({ ...files, config }, before, 6);
    const after = new Tokenizer(taken, 'x');
    expect(after.encode('a b')).toEqual([2, 4, 5, 6]);
    expect(after.endTokenIds).toEqual([6]);
    expect(taken.config).toMatchObject({ tokenizer_class: 'PreTrainedTokenizerFast', pad_token: '<pad>' });
    const again = endingIn(taken, after, 6);
    expect(again.tokenizer).toEqual(taken.tokenizer);
  });

  it('pads with a token of its own where it had none', () => {
    const files = wordLevelTokenizer(WORDS, '<unk>');
    const bare = { ...files, config: {} };
    expect(endingIn(bare, new Tokenizer(bare, 'x'), 6).config['pad_token']).toBe('<|embed_token|>');
  });
});

it('the folder of an embedder names its pooling in the form that every version reads, and no default prompt', () => {
  const files = sentenceTransformersFiles({ width: 64, longest: 512, query: 'query: ', document: '' });
  const read = (name: string): unknown => JSON.parse(new TextDecoder().decode(files.get(name)));
  expect(read('1_Pooling/config.json')).toMatchObject({ word_embedding_dimension: 64, pooling_mode_lasttoken: true });
  expect(read('config_sentence_transformers.json')).toMatchObject({
    prompts: { query: 'query: ', document: '' },
    default_prompt_name: null,
  });
  expect(read('sentence_bert_config.json')).toMatchObject({ max_seq_length: 512 });
});
