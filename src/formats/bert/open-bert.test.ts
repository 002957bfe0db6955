import { describe, expect, it } from 'vitest';
import { widened } from '../../tensors/dtype';
import { POSITION_EMBEDDINGS, TYPE_EMBEDDINGS } from '../../tensors/bert-layout';
import { filesInMemory } from '../model-files';
import { openAnyModel, openModel } from '../open-model';
import { isEncoder, type OpenedEncoder } from '../opened-model';
import { writeSafetensors, type TensorToWrite } from '../safetensors';
import { wordLevelTokenizer } from '../word-level';
import { parseBertConfig } from './bert-config';
import { bertTensors, TINY_BERT } from './bert-tensors.test-data';

const arch = parseBertConfig(TINY_BERT, 'it');
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const tensor = (shape: readonly number[], start: number): TensorToWrite => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => start + i / 256),
});

/** Weights under names that `named` changes; null leaves one out. */
function weights(named: (name: string) => string | null = (name) => name): Map<string, TensorToWrite> {
  const all = bertTensors(arch, (element, { at }) => at + element / 256);
  return new Map(
    [...all].flatMap(([name, one]) => {
      const other = named(name);
      return other === null ? [] : [[other, one] as const];
    }),
  );
}
const { tokenizer } = wordLevelTokenizer(['[UNK]', '[CLS]', '[SEP]', 'a', 'b'], '[UNK]');
const folder = (tensors = weights(), changed: object = {}, extra: Record<string, unknown> = {}) =>
  filesInMemory(
    new Map([
      ['config.json', bytes({ ...TINY_BERT, ...changed })],
      ['model.safetensors', writeSafetensors(tensors)],
      ['tokenizer.json', bytes(tokenizer)],
      ...Object.entries(extra).map(([name, value]) => [name, bytes(value)] as const),
    ]),
  );
async function encoder(files = folder()): Promise<OpenedEncoder> {
  const opened = await openAnyModel(files, 'it');
  if (!isEncoder(opened)) throw new Error('no encoder');
  return opened;
}

describe('the folder of a bert encoder', () => {
  it('gives its shape and its weights, token type 0 added to the positions', async () => {
    const opened = await encoder();
    expect(opened.arch).toEqual({ ...TINY_BERT, head_dim: 4, type_vocab_size: 2, layer_norm_eps: 1e-12 });
    expect([opened.tensorDtype('0.qkv'), opened.tensorDtype('positions')]).toEqual(['f32', 'f32']);
    const all = weights();
    const positions = all.get(POSITION_EMBEDDINGS)!.data;
    const types = all.get(TYPE_EMBEDDINGS)!.data;
    const read = widened(await opened.weights.read(POSITION_EMBEDDINGS, 3, 2));
    expect([...read]).toEqual(Array.from(read, (_, i) => Math.fround(positions[24 + i]! + types[i % 8]!)));
  });

  it.each([
    [
      'a head on top',
      (name: string) => `bert.${name}`,
      { 'cls.predictions.bias': [5], 'bert.pooler.dense.weight': [8, 8] },
    ],
    ['older names of norms', (name: string) => (name.includes('LayerNorm') ? name.replace('weight', 'gamma').replace('bias', 'beta') : name), { 'embeddings.position_ids': [1, 7] }], // prettier-ignore
  ])('is read with %s', async (_what, named, more: Record<string, number[]>) => {
    const extra = Object.entries(more).map(([name, shape]) => [name, tensor(shape, 0)] as const);
    const opened = await encoder(folder(new Map([...weights(named), ...extra])));
    const norm = 'encoder.layer.1.output.LayerNorm.bias';
    const own = await (await encoder()).weights.read(norm, 0, 8);
    expect(await opened.weights.read(norm, 0, 8)).toEqual(own);
  });

  it('embeds as its modules.json says, else by the mean as far as its tokenizer goes', async () => {
    const module = (type: string, path = '') => ({ path, type: `sentence_transformers.models.${type}` });
    const modules = [module('Transformer'), module('Pooling', '1_Pooling'), module('Normalize', '2')];
    const said = { 'modules.json': modules, 'sentence_bert_config.json': { max_seq_length: 4 } };
    const first = { ...said, '1_Pooling/config.json': { pooling_mode_cls_token: true } };
    expect(await (await encoder(folder(weights(), {}, first))).embedder()).toMatchObject({
      pooling: 'cls',
      longest: 4,
    });
    const mean = { ...said, '1_Pooling/config.json': { pooling_mode_mean_tokens: true } };
    expect(await (await encoder(folder(weights(), {}, mean))).embedder()).toMatchObject({
      pooling: 'mean',
      notices: [],
    });
    const max = { ...said, '1_Pooling/config.json': { pooling_mode: 'max' } };
    await expect((await encoder(folder(weights(), {}, max))).embedder()).rejects.toThrow(
      'it/1_Pooling/config.json: Pooling by max, expected mean or cls, which is what is read of a bert encoder',
    );
    const dense = { ...mean, 'modules.json': [...modules.slice(0, 2), module('Dense', '2_Dense')] };
    await expect((await encoder(folder(weights(), {}, dense))).embedder()).rejects.toThrow(
      'it/modules.json: has module sentence_transformers.models.Dense, expected Transformer, Pooling by mean or cls and Normalize',
    );
    const bare = await (await encoder(folder(weights(), {}, { 'tokenizer_config.json': { model_max_length: 6 } }))).embedder(); // prettier-ignore
    expect(bare).toMatchObject({ pooling: 'mean', longest: 6 });
    expect(bare?.notices.join()).toContain('no modules.json: it embeds by the mean of its tokens');
  });

  it.each([
    ['roberta', { model_type: 'roberta' }, 'it/config.json: model_type is "roberta", expected one of llama, qwen2, qwen3, or bert to embed alone'], // prettier-ignore
    ['t5', { model_type: 't5' }, 'model_type is "t5", expected one of llama'],
    ['another activation', { hidden_act: 'gelu_new' }, 'it/config.json: hidden_act is "gelu_new", expected "gelu"'],
    ['relative positions', { position_embedding_type: 'relative_key' }, 'position_embedding_type is "relative_key"'],
    ['a decoder', { is_decoder: true }, 'is_decoder is true, expected false'],
    [
      'heads that do not fit',
      { num_attention_heads: 3 },
      'hidden_size is 8, expected a multiple of num_attention_heads',
    ],
    ['more layers than there are', { num_hidden_layers: 3 }, 'tensor encoder.layer.2.attention.self.query.weight is missing'], // prettier-ignore
    ['layers beyond counting', { num_hidden_layers: 1e9 }, 'it: 37 tensors, expected those of 1000000000 layers'],
    ['another vocabulary', { vocab_size: 6 }, 'embeddings.word_embeddings.weight has shape [5, 8], expected [6, 8]'],
  ])('is refused where it is %s', async (_what, changed, message) => {
    await expect(openAnyModel(folder(weights(), changed), 'it')).rejects.toThrow(message);
  });

  it('is refused with a tensor too many or too few, and where words are to be written', async () => {
    const more = new Map([...weights(), ['encoder.layer.0.adapter.weight', tensor([1], 0)] as const]);
    await expect(encoder(folder(more))).rejects.toThrow(
      'it: tensor encoder.layer.0.adapter.weight is not one of a bert, expected only those of config.json',
    );
    const fewer = weights((name) => (name === TYPE_EMBEDDINGS ? null : name));
    await expect(encoder(folder(fewer))).rejects.toThrow('embeddings.token_type_embeddings.weight is missing');
    await expect(openModel(folder(), 'it')).rejects.toThrow(
      'it: model_type is "bert", an encoder that embeds texts and writes none, expected one that writes: llama, qwen2',
    );
  });
});
