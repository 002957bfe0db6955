import { Random } from '../lib/philox';
import { filesInMemory } from '../formats/model-files';
import { openAnyModel } from '../formats/open-model';
import type { AnyOpenedModel } from '../formats/opened-model';
import { writeSafetensors } from '../formats/safetensors';
import { wordLevelTokenizer } from '../formats/word-level';
import { parseBertConfig } from '../formats/bert/bert-config';
import { bertTensors } from '../formats/bert/bert-tensors.test-data';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A small embedder with random weights that knows some words. */
export async function smallEmbedder(
  words: readonly string[],
  seed = 1,
): Promise<{ opened: AnyOpenedModel; hash: string }> {
  const vocabulary = ['[UNK]', '[CLS]', '[SEP]', ...words];
  const config = {
    model_type: 'bert',
    vocab_size: vocabulary.length,
    hidden_size: 8,
    intermediate_size: 6,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 64,
  };
  const random = new Random(seed, 'init');
  const tensors = bertTensors(parseBertConfig(config, 'it'), () => random.uniform() - 0.5);
  const files = new Map([
    ['config.json', bytes(config)],
    ['model.safetensors', writeSafetensors(tensors)],
    ['tokenizer.json', bytes(wordLevelTokenizer(vocabulary, '[UNK]').tokenizer)],
  ]);
  const opened = await openAnyModel(filesInMemory(files), 'small');
  return { opened, hash: await opened.hash() };
}
