import { describe, expect, it } from 'vitest';
import { readEmbedderSettings } from './embedder-settings';

const module = (type: string, path = '') => ({ idx: 0, name: '0', path, type });
const OLDER = [
  module('sentence_transformers.models.Transformer'),
  module('sentence_transformers.models.Pooling', '1_Pooling'),
  module('sentence_transformers.models.Normalize', '2_Normalize'),
];
const NEWER = [
  module('sentence_transformers.base.modules.transformer.Transformer'),
  module('sentence_transformers.sentence_transformer.modules.pooling.Pooling', '1_Pooling'),
  module('sentence_transformers.base.modules.normalize.Normalize', '2_Normalize'),
];
const LAST = { word_embedding_dimension: 8, pooling_mode_mean_tokens: false, pooling_mode_lasttoken: true };

interface Folder {
  modules?: unknown;
  pooling?: object | null;
  prompts?: object;
  limits?: object;
  tokenizer?: object;
}

function read({ modules = OLDER, pooling = LAST, prompts, limits, tokenizer }: Folder = {}) {
  const files = new Map<string, unknown>([
    ['modules.json', modules],
    ['1_Pooling/config.json', pooling ?? undefined],
    ['config_sentence_transformers.json', prompts],
    ['sentence_bert_config.json', limits],
    ['tokenizer_config.json', tokenizer],
  ]);
  return readEmbedderSettings((name) => {
    const value = files.get(name);
    return Promise.resolve(value === undefined ? null : new TextEncoder().encode(JSON.stringify(value)));
  }, 'it');
}

describe('a folder of sentence-transformers', () => {
  it('says nothing where it has no modules.json', async () => {
    expect(await readEmbedderSettings(() => Promise.resolve(null), 'it')).toBeNull();
  });

  it.each([
    ['of the older form', {}],
    ['of 5.4 and later', { modules: NEWER, pooling: { embedding_dimension: 8, pooling_mode: 'lasttoken' } }],
    ['with the way in a list', { pooling: { pooling_mode: ['lasttoken'] } }],
  ])('%s embeds by the last token', async (_what, folder: Folder) => {
    const nothing = { pooling: 'lasttoken', query: '', document: '', longest: null, notices: [] };
    expect(await read(folder)).toEqual(nothing);
    const prompts = {
      prompts: { query: 'Instruct: find\nQuery:', document: '', other: 'x' },
      default_prompt_name: null,
    };
    expect(await read({ ...folder, prompts })).toEqual({ ...nothing, query: 'Instruct: find\nQuery:' });
  });

  it('cuts where it says, else where its tokenizer says', async () => {
    const longest = async (folder: Folder) => (await read(folder))?.longest;
    expect(await longest({ limits: { max_seq_length: 96 }, tokenizer: { model_max_length: 512 } })).toBe(96);
    expect(await longest({ limits: { max_seq_length: null }, tokenizer: { model_max_length: 512 } })).toBe(512);
    expect(await longest({ tokenizer: { model_max_length: 1e30 } })).toBeNull();
  });

  it('reports a prompt that would stand before documents too, and vectors that are not of length 1', async () => {
    const prompts = { prompts: { query: 'q: ' }, default_prompt_name: 'query' };
    const found = await read({ modules: OLDER.slice(0, 2), prompts });
    expect(found).toMatchObject({ query: 'q: ', document: '' });
    expect(found?.notices.join('; ')).toMatch(/no Normalize.*; default_prompt_name is "query"/);
  });

  it.each([
    ['mean', { pooling: { pooling_mode_mean_tokens: true } }, 'it/1_Pooling/config.json: Pooling by mean, expected lasttoken'], // prettier-ignore
    ['no way, which is the mean', { pooling: { word_embedding_dimension: 8 } }, 'Pooling by mean (no way is named), expected lasttoken'], // prettier-ignore
    ['two ways', { pooling: { pooling_mode_cls_token: true, pooling_mode_lasttoken: true } }, 'Pooling by cls and lasttoken'], // prettier-ignore
    ['a newer form', { pooling: { pooling_mode: 'weightedmean' } }, 'Pooling by weightedmean'],
    [
      'no pooling',
      { modules: OLDER.slice(0, 1) },
      'it/modules.json: ends before Pooling, expected Transformer, Pooling',
    ],
    ['a pooling that is not there', { pooling: null }, 'it: no 1_Pooling/config.json, expected the pooling that'],
    ['another module', { modules: [...OLDER.slice(0, 2), module('sentence_transformers.models.Dense')] }, 'has module sentence_transformers.models.Dense, expected'], // prettier-ignore
    ['another module last', { modules: [...OLDER, module('sentence_transformers.models.Dense')] }, 'has module sentence_transformers.models.Dense, expected'], // prettier-ignore
    ['a program of its own', { modules: [module('custom_st.Transformer'), ...OLDER.slice(1)] }, 'has module custom_st.Transformer, expected'], // prettier-ignore
    ['a model elsewhere', { modules: [module('sentence_transformers.models.Transformer', '0_Transformer'), ...OLDER.slice(1)] }, 'the Transformer lies in "0_Transformer"'], // prettier-ignore
    ['no list', { modules: {} }, 'it/modules.json: {}, expected a list of modules'],
    ['lower case', { limits: { do_lower_case: true } }, 'do_lower_case is true'],
    ['another task', { limits: { transformer_task: 'fill-mask' } }, 'transformer_task is "fill-mask"'],
    ['a limit that is none', { limits: { max_seq_length: 0 } }, 'max_seq_length is 0, expected a whole number above 0'],
    ['a sparse model', { prompts: { model_type: 'SparseEncoder' } }, 'model_type is "SparseEncoder"'],
    ['dot products of vectors of any length', { modules: OLDER.slice(0, 2), prompts: { similarity_fn_name: 'dot' } }, 'similarity_fn_name is "dot" without Normalize'], // prettier-ignore
    ['a prompt that is no text', { prompts: { prompts: { query: 3 } } }, 'prompts has query 3, expected a text'],
    ['a default that is none of them', { prompts: { prompts: {}, default_prompt_name: 'query' } }, 'default_prompt_name is "query", expected one of its prompts'], // prettier-ignore
  ])('is refused with %s', async (_what, folder: Folder, message) => {
    await expect(read(folder)).rejects.toThrow(message);
  });
});
