import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Architecture } from '../../config/architecture';
import { writeGguf } from '../../formats/gguf/gguf.test-data';
import { writeConfig } from '../../formats/huggingface';
import { peftFiles } from '../../formats/peft-files';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors';
import { wordLevelTokenizer } from '../../formats/word-level';
import { tensorLayout } from '../../tensors/layout';
import { openedTokenizer } from '../../training/opened-model';
import { loadCheckpoint, checkpointPrompts } from './checkpoint';
import generate from './commands/generate';
import logits from './commands/logits';
import { MadeUpWeights, writeShards } from './sharded.test-data';

const arch: Architecture = {
  model_type: 'llama',
  vocab_size: 6,
  hidden_size: 8,
  intermediate_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 4,
  max_position_embeddings: 5,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  tie_word_embeddings: false,
  attention_bias: false,
};
const WORDS = ['<pad>', '<unk>', 'a', 'b', '<think>', '<|embed_token|>'];
let root = '';
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'bad-models-'))));
afterEach(() => rmSync(root, { recursive: true }));

/** A model in three shards, and a tokenizer of this many words. */
async function model(name: string, a = arch, words: readonly string[] = WORDS): Promise<string> {
  const path = join(root, name);
  await writeShards(
    path,
    { arch: a, weights: new MadeUpWeights(a) },
    { shards: 3, tokenizer: wordLevelTokenizer(words, '<unk>') },
  );
  return path;
}
const shardsOf = (path: string): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith('.safetensors'))
    .sort();
const logitsOf = (path: string, ids = '1,2') =>
  logits(['--checkpoint', path, '--ids', ids, '--output', join(root, 'out.npy')]);
const generateFrom = (path: string, prompt: string) => generate(['--checkpoint', path, '--prompt', prompt]);

describe('a command names what is wrong with a model in one sentence, before it needs a device', () => {
  it('a shard that is missing', async () => {
    const path = await model('m');
    const [, second = ''] = shardsOf(path);
    rmSync(join(path, second));
    await expect(logitsOf(path)).rejects.toThrow(
      `${path}: no ${second}, expected every file that model.safetensors.index.json names`,
    );
  });

  it('a shard of another model, by shape and by tensors', async () => {
    const path = await model('m');
    const other = await model('other', { ...arch, hidden_size: 16 });
    const [first = '', second = '', third = ''] = shardsOf(path);
    renameSync(join(other, second), join(path, second));
    await expect(logitsOf(path)).rejects.toThrow(/^\S+: tensor \S+ has shape \[.*16.*\], expected \[.*8.*\]$/);
    renameSync(join(other, third), join(path, first));
    await expect(logitsOf(path)).rejects.toThrow(
      /: holds tensor \S+, expected model-\S+ by model\.safetensors\.index\.json$/,
    );
  });

  it('a shard that was cut', async () => {
    const path = await model('m');
    const [first = ''] = shardsOf(path);
    truncateSync(join(path, first), statSync(join(path, first)).size - 4);
    await expect(logitsOf(path)).rejects.toThrow(
      new RegExp(`^${path}/${first}: tensor \\S+ ends at byte \\d+, expected at most \\d+$`),
    );
  });

  it('an architecture that is not read, with those that are', async () => {
    const path = await model('m');
    writeFileSync(join(path, 'config.json'), writeConfig(arch).replace('"llama"', '"mamba2"'));
    await expect(logitsOf(path)).rejects.toThrow(
      `${path}/config.json: model_type is "mamba2", expected one of llama, qwen2, qwen3`,
    );
  });

  it.each([
    ['of another version', writeGguf({ 'general.architecture': 'llama' }, [], 9), 'GGUF version 9, expected 2 or 3'],
    ['of another architecture', writeGguf({ 'general.architecture': 'rwkv7' }, []), 'general.architecture is "rwkv7", expected one of llama, qwen2, qwen3'], // prettier-ignore
    ['that was cut', writeGguf({ 'general.architecture': 'llama' }, []).subarray(0, 40), 'expected a whole GGUF file'],
  ])('a GGUF file %s', async (_what, bytes, message) => {
    const path = join(root, 'm.gguf');
    writeFileSync(path, bytes);
    await expect(logitsOf(path)).rejects.toThrow(message);
  });

  it('a tokenizer with more ids than the model has rows; with fewer, a padded table, it is taken', async () => {
    const path = await model('more', arch, [...WORDS, 'c']);
    await expect(generateFrom(path, 'a')).rejects.toThrow(
      `${path}/tokenizer.json: 7 tokens, expected at most the model's vocab_size, 6`,
    );
    const fewer = await model('fewer', { ...arch, vocab_size: 64 });
    const tokenizer = openedTokenizer(await loadCheckpoint(fewer), fewer);
    expect([tokenizer.size, tokenizer.encode('a b')]).toEqual([6, [2, 3]]);
    // A row without a token may be drawn, and stands for no text.
    expect(tokenizer.decodeContinuation([2], [3, 40])).toBe(' b');
  });

  it('a model that came without its head, where words are to be written', async () => {
    const path = await model('headless');
    const index = join(path, 'model.safetensors.index.json');
    const { weight_map } = JSON.parse(readFileSync(index, 'utf8')) as { weight_map: Record<string, string> };
    delete weight_map['lm_head.weight'];
    writeFileSync(index, JSON.stringify({ weight_map }));
    const last = join(path, shardsOf(path).at(-1) ?? '');
    const tensors = readSafetensors(readFileSync(last), last);
    const kept = [...tensors].flatMap(([tensor, { shape, data }]) =>
      data instanceof Float32Array && tensor !== 'lm_head.weight' ? [[tensor, { shape, data }] as const] : [],
    );
    writeFileSync(last, writeSafetensors(new Map(kept)));
    await expect(generateFrom(path, 'a')).rejects.toThrow(
      `${path}: lm_head.weight is missing and tie_word_embeddings is false, expected a head`,
    );
  });

  it('texts longer than the context, and ids that the model lacks', async () => {
    const path = await model('m');
    await expect(generateFrom(path, 'a b a b a')).rejects.toThrow(
      "--prompt: 5 tokens, expected fewer than the model's context of 5",
    );
    await expect(logitsOf(path, '1,2,3,1,2,3')).rejects.toThrow(
      "--ids: 6 ids, expected at most the model's context of 5",
    );
    await expect(logitsOf(path, '1,6')).rejects.toThrow('--ids');
    expect(readdirSync(root)).toEqual(['m']);
  });

  it('the adapter of a run, whose prompts are its session’s', async () => {
    const path = await model('m');
    const run = join(root, 'adapted');
    const settings = { rank: 2, alpha: 4, rslora: false, targets: ['q_proj' as const], embedToken: null };
    const tensors = new Map(
      tensorLayout(arch, { adapter: settings })
        .filter(({ group }) => group === 'trained')
        .flatMap(({ parts }) => parts)
        .map(({ name, shape, length }) => [name, { shape, data: new Float32Array(length) }]),
    );
    mkdirSync(join(run, 'checkpoint'), { recursive: true });
    for (const [name, bytes] of peftFiles(settings, tensors, { name: 'm', revision: null })) {
      writeFileSync(join(run, 'checkpoint', name), bytes);
    }
    const adapted = () => loadCheckpoint(path, join(run, 'checkpoint'));
    expect((await checkpointPrompts(await adapted())).embedToken).toBe('<|embed_token|>');
    writeFileSync(join(run, 'session.json'), '{}');
    await expect(adapted().then(checkpointPrompts)).rejects.toThrow(
      'expected the model that lab export adapted --to sentence-transformers writes',
    );
  });
});
