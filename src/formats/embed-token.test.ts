import { describe, expect, it } from 'vitest';
import { widened } from '../tensors/dtype';
import { checkpointTensors } from '../tensors/layout';
import { embedTokenChoices, hasNewRow, withEmbedToken } from './embed-token';
import { writeCheckpoint, type TokenizerFiles } from './huggingface';
import { filesInMemory } from './model-files';
import { openModel } from './open-model';
import type { OpenedModel } from './opened-model';
import { hasSmolLm2, smolLm2 } from './smollm2.test-data';
import { tinyQwen3 } from './tiny-qwen3.test-data';
import { Tokenizer } from './tokenizer';
import { wordLevelTokenizer } from './word-level';

const WORDS = ['<pad>', '<unk>', '<|im_start|>', '<|im_end|>', 'a', 'b'];

async function model(words: string[], spare = 0, more: Partial<TokenizerFiles> = {}): Promise<OpenedModel> {
  const arch = { ...tinyQwen3, vocab_size: words.length + spare };
  const tensors = new Map(
    checkpointTensors(arch).map(({ name, length }) => [name, Float32Array.from({ length }, (_, i) => i / 8)]),
  );
  const tokenizer = { ...wordLevelTokenizer(words, '<unk>', { eos: '<|im_end|>', pad: '<pad>' }), ...more };
  return openModel(filesInMemory(writeCheckpoint(arch, tensors, { tokenizer, dtype: 'F16' })), 'it');
}

describe('the token that embeds', () => {
  const kinds = async (opened: OpenedModel | Promise<OpenedModel>) =>
    embedTokenChoices(await opened, 'it').map(({ token, kind }) => `${kind} ${token}`);

  it('is the one the model was trained with, else one that ends texts, else an unused one, else a new one', async () => {
    expect(await kinds(model([...WORDS, '<|embed_token|>']))).toEqual([
      'trained <|embed_token|>',
      'unused <|im_start|>',
    ]);
    expect(await kinds(model(WORDS))).toEqual(['unused <|im_start|>', 'new <|embed_token|>']);
    expect(await kinds(model([...WORDS, '<|reserved_1|>']))).toEqual(['unused <|reserved_1|>', 'new <|embed_token|>']);
    const { config } = wordLevelTokenizer(WORDS, '<unk>', { eos: '<|im_end|>', pad: '<pad>' });
    const ends = model(WORDS, 0, { config: { ...config, add_eos_token: true } });
    expect((await kinds(ends))[0]).toBe('ends <|im_end|>');
    // What the chat template writes is in use.
    expect(await kinds({ ...(await model(WORDS)), chatTemplate: '{{ "<|im_start|>" }}' })).toEqual([
      'new <|embed_token|>',
    ]);
  });

  it('changes nothing where the vocabulary has it', async () => {
    const opened = await model(WORDS);
    expect(withEmbedToken(opened, '<|im_start|>', 'it')).toEqual({ opened, id: 2 });
  });

  it('takes a spare row of the embedding where it is new', async () => {
    const opened = await model(WORDS, 2);
    const grown = withEmbedToken(opened, '<|embed_token|>', 'it');
    expect(grown).toMatchObject({ id: 6, opened: { arch: opened.arch, weights: opened.weights } });
    const tokenizer = new Tokenizer(grown.opened.tokenizer!, 'it');
    expect(tokenizer.encode('a <|embed_token|>')).toEqual([4, 6]);
    expect(tokenizer.specialTokenIds.has(6)).toBe(true);
  });

  it('adds a copy of the row that ends texts to embedding and head where no row is spare', async () => {
    const opened = await model(WORDS);
    const { opened: grown, id } = withEmbedToken(opened, '<|embed_token|>', 'it');
    expect([hasNewRow(opened), hasNewRow(grown)]).toEqual([false, true]);
    expect([id, grown.arch.vocab_size, grown.tensorDtype('embed')]).toEqual([6, 7, 'f16']);
    for (const name of ['model.embed_tokens.weight', 'lm_head.weight']) {
      const eos = widened(await opened.weights.read(name, 3, 1));
      expect(widened(await grown.weights.read(name, 6, 1))).toEqual(eos);
      const all = widened(await grown.weights.read(name, 0, 7));
      expect(all.subarray(0, 6 * 8)).toEqual(widened(await opened.weights.read(name, 0, 6)));
      expect(all.subarray(6 * 8)).toEqual(eos);
      expect(await grown.weights.read(name, 1, 3)).toEqual(await opened.weights.read(name, 1, 3));
    }
  });

  it('is refused without a tokenizer, or by no name', async () => {
    const opened = await model(WORDS);
    expect(() => embedTokenChoices({ ...opened, tokenizer: null }, 'it')).toThrow('it: no tokenizer, expected one');
    expect(() => withEmbedToken(opened, 'a b', 'it')).toThrow('model.adapter.embed_token: "a b", expected the name');
    expect(() => withEmbedToken(opened, '', 'it')).toThrow('model.adapter.embed_token: "", expected the name');
  });
});

describe.skipIf(!hasSmolLm2)('the token that embeds in SmolLM2', () => {
  it('is one that its texts do not have, as the reference chose it, or a new one with a packed row', async () => {
    const opened = await smolLm2();
    expect(embedTokenChoices(opened, 'it')).toMatchObject([
      { token: '<repo_name>', id: 3, kind: 'unused' },
      { token: '<|embed_token|>', id: 49152, kind: 'new' },
    ]);
    const { opened: grown } = withEmbedToken(opened, '<|embed_token|>', 'it');
    const name = 'model.embed_tokens.weight';
    expect(await grown.weights.read(name, 49152, 1)).toEqual(await opened.weights.read(name, 2, 1));
    expect(grown.tensorDtype('embed')).toBe('q8_0');
  });
});
