import { describe, expect, it } from 'vitest';
import { parseSession } from '../config/parse-session';
import { writeCheckpoint } from '../formats/huggingface';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import { peftFiles } from '../formats/peft-files';
import { readPeft } from '../formats/peft';
import { loraOf } from '../formats/peft-lora';
import { wholeBytes } from '../formats/streamed-checkpoint';
import { tinyQwen3 } from '../formats/tiny-qwen3.test-data';
import { wordLevelTokenizer } from '../formats/word-level';
import { sha256 } from '../lib/hash';
import { Random } from '../lib/philox';
import { NO_DATA } from '../tasks/task-data';
import { widened } from '../tensors/dtype';
import { checkpointTensors } from '../tensors/layout';
import { baseOf, taskOf } from '../training/base';
import { checkpointFiles } from '../training/checkpoint-files';
import { tinyWorld } from '../training/tiny.test-data';
import { handOverFiles } from './hand-over';
import { trainedWeights } from './trained-weights';

const SHA = 'ab'.repeat(32);
const EMBED = '<|embed_token|>';
const words = tinyWorld().task.vocabulary.filter((word) => word !== EMBED);

/** A base that knows the task's words and not the embed token. */
async function handedOver(rank: number) {
  const arch = { ...tinyQwen3, vocab_size: words.length, max_position_embeddings: 64, tie_word_embeddings: true };
  const random = new Random(1, 'init');
  const tensors = new Map(
    checkpointTensors(arch).map(({ name, length }) => [name, Float32Array.from({ length }, () => random.normal() / 8)]),
  );
  const tokenizer = wordLevelTokenizer([...words], words[0]!, { eos: words[1]! });
  const opened = await openModel(filesInMemory(writeCheckpoint(arch, tensors, { tokenizer, dtype: 'BF16' })), 'it');
  const session = parseSession({
    seed: 5,
    task: { entities: 8, relations: 3, topics: 6, max_depth: 3, traces_per_depth: 12 },
    model: {
      base: { sha256: SHA, name: 'it' },
      adapter: { rank, alpha: 6, targets: ['q_proj', 'down_proj'], embed_token: EMBED },
      max_position_embeddings: 64,
    },
    pretrain: { steps: 0 },
    sft: { steps: 2, batch_size: 4, topics_per_batch: 3 },
    grpo: { steps: 2, batch_size: 2, max_completion_length: 16, depth_weights: [1, 2, 3] },
  });
  const base = await baseOf(session, opened, SHA, 'it');
  const task = taskOf(session, { files: NO_DATA, base });
  const files = await handOverFiles(session, task, { weights: null, step: 0, metrics: [] }, base);
  const bytes = async (name: string) => wholeBytes(files.get(name)!);
  const json = async (name: string): Promise<unknown> => JSON.parse(new TextDecoder().decode(await bytes(name)));
  return { session, task, base, opened, files, bytes, json };
}

const within = (folder: string, files: ReadonlyMap<string, Uint8Array>) => (path: string) =>
  Promise.resolve(files.get(path.replace('checkpoint/', folder)) ?? null);

describe('a session from a base that is handed over', () => {
  it('brings the base with its new token in f32, and the adapter that training begins with', async () => {
    const { base, files, bytes, json, opened } = await handedOver(2);
    expect(await json('hand-over.json')).toMatchObject({
      step: 0,
      model: sha256(await bytes('model/model.safetensors')),
      adapter: sha256(await bytes('adapter/adapter_model.safetensors')),
      embed_token_id: words.length,
    });
    expect(await json('adapter/adapter_config.json')).toMatchObject({
      r: 2,
      target_modules: ['q_proj', 'down_proj'],
      trainable_token_indices: { embed_tokens: [words.length] },
    });
    const written = new Map<string, Uint8Array>();
    for (const [name] of files) written.set(name, await bytes(name));
    const model = new Map([...written].map(([name, found]) => [name.replace('model/', ''), found]));
    const again = await openModel(filesInMemory(model), 'model');
    expect(again.arch).toEqual(base.opened.arch);
    for (const name of ['model.layers.1.mlp.down_proj.weight', 'model.norm.weight']) {
      const values = await again.weights.read(name, 0, 4);
      expect(values).toBeInstanceOf(Float32Array);
      expect(values).toEqual(widened(await opened.weights.read(name, 0, 4)));
    }
    // Its prompts are the base's tokens.
    const first = new TextDecoder().decode(await bytes('batches/prompts.jsonl')).split('\n')[0]!;
    const prompt = JSON.parse(first) as { text: string; ids: number[]; answer: number[] };
    expect(base.tokenizer.decode(prompt.ids)).toContain(prompt.text);
    expect(prompt.answer.at(-1)).toBe(base.embed);
  });

  it('brings the base alone where all of it is trained', async () => {
    const { files, json } = await handedOver(0);
    expect([...files.keys()].filter((name) => name.startsWith('adapter/'))).toEqual([]);
    expect(await json('hand-over.json')).toMatchObject({ adapter: null });
  });
});

describe('an adapter that comes back', () => {
  it('is that of its session, as a state and as a checkpoint; another is refused', async () => {
    const { session, task, base, files, bytes } = await handedOver(2);
    const trained = new Map<string, Uint8Array>();
    for (const [name] of files) if (name.startsWith('adapter/')) trained.set(name, await bytes(name));
    const { pages } = await trainedWeights(within('adapter/', trained), 'run', session, task, base);
    const again = checkpointFiles(session, task, pages, base);
    for (const [name, found] of again) expect(found).toEqual(trained.get(`adapter/${name}`));

    const lora = loraOf(await readPeft(within('', again), base.opened.arch, 'it'), base.opened.arch, 'it');
    const shapes = new Map(
      [...lora.tensors].map(([name, data]) => [name, { shape: shapeOf(name, data.length), data }]),
    );
    const other = peftFiles({ ...lora.settings, alpha: 7 }, shapes, { name: 'it', revision: null });
    await expect(trainedWeights(within('', other), 'run', session, task, base)).rejects.toThrow(
      /^run\/checkpoint: an adapter of rank 2, scale 3.5, .*, expected rank 2, scale 3, .*, its session's$/,
    );
  });
});

const shapeOf = (name: string, length: number): number[] => {
  if (name.includes('lora_A')) return [2, length / 2];
  return name.includes('lora_B') ? [length / 2, 2] : [1, length];
};
