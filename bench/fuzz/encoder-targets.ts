import { bertLayout } from '../../src/tensors/bert-layout';
import { parseBertConfig } from '../../src/formats/bert/bert-config';
import { bertTensors, TINY_BERT } from '../../src/formats/bert/bert-tensors.test-data';
import { filesInMemory } from '../../src/formats/model-files';
import { openAnyModel } from '../../src/formats/open-model';
import { writeSafetensors } from '../../src/formats/safetensors';
import { Tokenizer } from '../../src/formats/tokenizer';
import { wordLevelTokenizer } from '../../src/formats/word-level';
import { json } from './mutate';
import type { Target } from './targets';

const module = (type: string, path = '') => ({ path, type: `sentence_transformers.models.${type}` });

/** Folders of a small embedder, in which one file is spoilt: every weight, its way to embed and a text of it are read. */
export function encoderTargets(): Target[] {
  const files = folder();
  return [...files.keys()].map((file) => ({
    name: `${file}, of a bert`,
    seeds: [files.get(file)!],
    read: async (bytes) => {
      const opened = await openAnyModel(filesInMemory(new Map([...files, [file, bytes]])), 'it');
      await opened.embedder();
      await opened.hash();
      if (opened.tokenizer) new Tokenizer(opened.tokenizer, 'it').encode('a b é');
      if (opened.arch.model_type !== 'bert') return;
      for (const { parts } of bertLayout(opened.arch)) {
        for (const { name, shape } of parts) await opened.weights.read(name, 0, shape[0]!);
      }
    },
  }));
}

function folder(): Map<string, Uint8Array> {
  const arch = parseBertConfig(TINY_BERT, 'it');
  const tensors = bertTensors(arch, (i) => i / 256);
  const { tokenizer } = wordLevelTokenizer(['[UNK]', '[CLS]', '[SEP]', 'a', 'b'], '[UNK]');
  return new Map([
    ['config.json', json(TINY_BERT)],
    ['model.safetensors', writeSafetensors(tensors)],
    ['tokenizer.json', json(tokenizer)],
    ['modules.json', json([module('Transformer'), module('Pooling', '1_Pooling'), module('Normalize', '2')])],
    ['1_Pooling/config.json', json({ word_embedding_dimension: 8, pooling_mode_mean_tokens: true })],
    ['sentence_bert_config.json', json({ max_seq_length: 4, do_lower_case: false })],
    [
      'config_sentence_transformers.json',
      json({ prompts: { query: 'a ', document: '' }, default_prompt_name: null, similarity_fn_name: 'cosine' }),
    ],
  ]);
}
