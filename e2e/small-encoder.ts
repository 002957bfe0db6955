import type { BertArchitecture } from '../src/config/bert';
import { bertTensors } from '../src/formats/bert/bert-tensors.test-data';
import { writeSafetensors } from '../src/formats/safetensors';
import { Random } from '../src/lib/philox';

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...'lift of a wing in slipstream heat flow composite slabs boundary layer on flat plate'.split(' ')]; // prettier-ignore

const arch: BertArchitecture = {
  model_type: 'bert',
  vocab_size: WORDS.length,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  head_dim: 16,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
};

/** The folder of a small encoder with random weights, as sentence-transformers writes one that takes the mean of 8 tokens. */
export function smallEncoder(seed = 1): Map<string, Uint8Array> {
  const random = new Random(seed, 'init');
  const tensors = bertTensors(arch, (_, { name, shape }) =>
    shape.length > 1 ? random.normal() / 4 : name.endsWith('LayerNorm.weight') ? 1 : 0,
  );
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const module = (type: string, path: string) => ({ path, type: `sentence_transformers.models.${type}` });
  return new Map([
    ['config.json', json(arch)],
    ['model.safetensors', writeSafetensors(tensors)],
    [
      'tokenizer.json',
      json({
        model: {
          type: 'WordPiece',
          unk_token: '[UNK]',
          vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
        },
        normalizer: { type: 'BertNormalizer' },
        pre_tokenizer: { type: 'BertPreTokenizer' },
        post_processor: { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 3] },
        decoder: { type: 'WordPiece' },
        added_tokens: [],
      }),
    ],
    ['modules.json', json([module('Transformer', ''), module('Pooling', '1_Pooling'), module('Normalize', '2_Normalize')])], // prettier-ignore
    ['1_Pooling/config.json', json({ pooling_mode_mean_tokens: true })],
    ['sentence_bert_config.json', json({ max_seq_length: 8, do_lower_case: false })],
  ]);
}
