import { readFileSync } from 'node:fs';
import type { Architecture } from '../../src/config/architecture';
import { ChatTemplate, type ChatMessage } from '../../src/formats/chat/chat-template';
import { ggufShape, writeGguf, type MetadataToWrite, type TensorToPack } from '../../src/formats/gguf/gguf.test-data';
import { BLOCK_TYPES } from '../../src/formats/gguf/block-types';
import { ggufNames } from '../../src/formats/gguf/names';
import { writeCheckpoint } from '../../src/formats/huggingface';
import { isJsonObject } from '../../src/formats/json';
import { filesInMemory } from '../../src/formats/model-files';
import { openModel } from '../../src/formats/open-model';
import type { OpenedModel } from '../../src/formats/opened-model';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, readPeft } from '../../src/formats/peft';
import { merged } from '../../src/formats/merged-source';
import { writeSafetensors, type TensorToWrite } from '../../src/formats/safetensors';
import { Tokenizer } from '../../src/formats/tokenizer';
import { checkpointTensors } from '../../src/tensors/layout';
import { json, utf8 } from './mutate';
import type { Target } from './targets';

/** Rows of 32, so that blocks of ggml fill them. */
export const ARCH: Architecture = {
  model_type: 'llama',
  vocab_size: 8,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 1e4,
  tie_word_embeddings: true,
  attention_bias: false,
};
const QWEN: Architecture = { ...ARCH, model_type: 'qwen2', attention_bias: true, tie_word_embeddings: false };

const weights = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 17) / 16 - 0.5);

/** GGUF files, checkpoints of several files, and adapters: each is opened, and every weight and text of it read. */
export function modelTargets(): Target[] {
  const checkpoint = writeCheckpoint(ARCH, new Map(checkpointTensors(ARCH).map(({ name, length }) => [name, weights(length)]))); // prettier-ignore
  const shards = sharded();
  const adapter = adapterFiles();
  return [
    folderTarget('a.gguf', [gguf(ARCH, 0), gguf(QWEN, 1), gguf(ARCH, 2), gguf(ARCH, 8), gguf(ARCH, 3, 2)]),
    folderTarget('a-00002-of-00002.gguf', [split(1)], new Map([['a-00001-of-00002.gguf', split(0)]])),
    folderTarget('model.safetensors, in ranges', [checkpoint.get('model.safetensors')!], checkpoint),
    folderTarget('model.safetensors.index.json', [shards.get('model.safetensors.index.json')!], shards),
    adapterTarget(ADAPTER_CONFIG, adapter),
    adapterTarget(ADAPTER_WEIGHTS, adapter),
    chatTemplate(),
  ];
}

/** A model's folder in which one file is spoilt; its name ends before a comma. */
function folderTarget(
  name: string,
  seeds: readonly Uint8Array[],
  beside: ReadonlyMap<string, Uint8Array> = new Map(),
): Target {
  // prettier-ignore
  const [file = ''] = name.split(',');
  return {
    name,
    seeds,
    read: async (bytes) => readThrough(await openModel(filesInMemory(new Map([...beside, [file, bytes]])), 'it')),
  };
}

/** All that is read of a model when it is used. */
async function readThrough(model: OpenedModel): Promise<void> {
  for (const { name, shape } of checkpointTensors(model.arch)) {
    if (name !== 'lm_head.weight' || model.hasHead) await model.weights.read(name, 0, shape[0]!);
  }
  await model.hash();
  if (model.tokenizer) {
    const tokenizer = new Tokenizer(model.tokenizer, 'it');
    tokenizer.decode(tokenizer.encode('a b ab <s> é'));
  }
}

function metadataOf(a: Architecture): Record<string, MetadataToWrite> {
  return {
    ...ggufShape(a),
    'general.license': 'mit',
    'tokenizer.chat_template': '{{ messages[0].content }}',
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.ggml.tokens': ['<s>', '</s>', 'a', 'b', 'Ġ', 'ab', 'Ã', '©'],
    'tokenizer.ggml.token_type': [3, 3, 1, 1, 1, 1, 1, 1],
    'tokenizer.ggml.merges': ['a b'],
    'tokenizer.ggml.bos_token_id': 0,
    'tokenizer.ggml.eos_token_id': 1,
    'tokenizer.ggml.add_bos_token': true,
  };
}

const TYPES: Readonly<Record<number, string>> = { 2: 'Q4_0', 3: 'Q4_1', 8: 'Q8_0' };

/** Of ggml's type of that number; vectors are f32. */
function tensorsOf(a: Architecture, type: number): TensorToPack[] {
  return checkpointTensors(a).map(({ name, shape, length }) => {
    const own = { name: ggufNames(a.num_hidden_layers).get(name)!, shape };
    const block = TYPES[type] === undefined ? undefined : BLOCK_TYPES[TYPES[type]];
    if (shape.length === 1 || type === 0) return { ...own, type: 0, bytes: new Uint8Array(weights(length).buffer) };
    const bytes = block ? (length / block.elements) * block.bytes : 2 * length;
    return { ...own, type, bytes: Uint8Array.from({ length: bytes }, (_, i) => (i % 2 === 0 ? i % 100 : 0x30)) };
  });
}

const gguf = (a: Architecture, type: number, version = 3): Uint8Array =>
  writeGguf(metadataOf(a), tensorsOf(a, type), version);

/** One of two splits, from 0. */
function split(index: number): Uint8Array {
  const tensors = tensorsOf(ARCH, 0);
  const own = tensors.filter((_, i) => i % 2 === index);
  const first = index === 0 ? metadataOf(ARCH) : {};
  return writeGguf({ ...first, 'split.no': index, 'split.count': 2, 'split.tensors.count': tensors.length }, own);
}

function sharded(): Map<string, Uint8Array> {
  const tensors = checkpointTensors(ARCH).map(({ name, shape, length }): [string, TensorToWrite] => [
    name,
    { shape, data: weights(length) },
  ]);
  const files = writeCheckpoint(ARCH, new Map(tensors.map(([name, { data }]) => [name, Float32Array.from(data)])));
  files.delete('model.safetensors');
  const names = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  names.forEach((file, shard) => {
    files.set(file, writeSafetensors(new Map(tensors.filter((_, i) => i % 2 === shard))));
  });
  const weight_map = Object.fromEntries(tensors.map(([name], i) => [name, names[i % 2]]));
  return files.set('model.safetensors.index.json', json({ metadata: { total_size: 1 }, weight_map }));
}

function adapterFiles(): Map<string, Uint8Array> {
  const config = {
    peft_type: 'LORA',
    base_model_name_or_path: 'a/b',
    r: 4,
    lora_alpha: 8,
    use_rslora: false,
    target_modules: ['q_proj', 'down_proj'],
    rank_pattern: { '.*down_proj': 2 },
    alpha_pattern: { 'layers.0.self_attn.q_proj': 16 },
    trainable_token_indices: { embed_tokens: [3] },
  };
  const prefix = 'base_model.model.model';
  const shapes: Record<string, number[]> = {
    [`${prefix}.layers.0.self_attn.q_proj.lora_A.weight`]: [4, 32],
    [`${prefix}.layers.0.self_attn.q_proj.lora_B.weight`]: [32, 4],
    [`${prefix}.layers.0.mlp.down_proj.lora_A.weight`]: [2, 64],
    [`${prefix}.layers.0.mlp.down_proj.lora_B.weight`]: [32, 2],
    [`${prefix}.embed_tokens.token_adapter.trainable_tokens_delta`]: [1, 32],
  };
  const tensors = Object.entries(shapes).map(([name, shape]): [string, TensorToWrite] => [
    name,
    { shape, data: weights(shape.reduce((a, b) => a * b)) },
  ]);
  return new Map([
    [ADAPTER_CONFIG, json(config)],
    [ADAPTER_WEIGHTS, writeSafetensors(new Map(tensors))],
  ]);
}

/** An adapter's folder in which one file is spoilt, merged into its base. */
function adapterTarget(file: string, files: ReadonlyMap<string, Uint8Array>): Target {
  const base = filesInMemory(new Map([['a.gguf', gguf(ARCH, 0)]]));
  return {
    name: file,
    seeds: [files.get(file)!],
    read: async (bytes) => {
      const spoilt = new Map([...files, [file, bytes]]);
      const adapter = await readPeft((name) => Promise.resolve(spoilt.get(name) ?? null), ARCH, 'it');
      await readThrough(merged(await openModel(base, 'base'), adapter));
    },
  };
}

/** Rendered with two messages, as it is opened from a folder or a GGUF file. */
function chatTemplate(): Target {
  const templates: unknown = JSON.parse(readFileSync('src/formats/chat/renderings.json', 'utf8'));
  const own = isJsonObject(templates) && isJsonObject(templates['templates']) ? templates['templates'] : {};
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Answer {{ briefly }}.' },
    { role: 'user', content: 'Where?\n\n 日本' },
  ];
  return {
    name: 'chat_template.jinja',
    seeds: Object.values(own).flatMap((source) =>
      typeof source === 'string' && !source.includes('System role') ? [utf8(source)] : [],
    ),
    read: async (bytes) => {
      const config = { bos_token: '<s>', eos_token: { content: '</s>' } };
      const template = await ChatTemplate.open(new TextDecoder().decode(bytes), config, 'it');
      template.render(messages.slice(1), { add_generation_prompt: true, enable_thinking: false });
      template.render(messages, { add_generation_prompt: false });
    },
  };
}
