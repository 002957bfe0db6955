import { describe, expect, it } from 'vitest';
import { parseShape } from '../config/parse-session';
import { writeCheckpoint } from '../formats/huggingface';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import { tinyQwen3 as arch } from '../formats/tiny-qwen3.test-data';
import { wordLevelTokenizer } from '../formats/word-level';
import { checkpointTensors } from '../tensors/layout';
import { baseOf } from './base';

const WORDS = ['<unk>', 'a', 'b', 'c', 'd', 'e', '</s>'];
const SHA = 'ab'.repeat(32);

async function base(embed_token: string, spare = 0) {
  const own = { ...arch, vocab_size: WORDS.length + spare };
  const tensors = new Map(
    checkpointTensors(own).map(({ name, length }) => [name, Float32Array.from({ length }, (_, i) => i / 8)]),
  );
  const tokenizer = wordLevelTokenizer(WORDS, '<unk>', { eos: '</s>' });
  const opened = await openModel(filesInMemory(writeCheckpoint(own, tensors, { tokenizer })), 'it');
  const adapter = { rank: 2, embed_token };
  const session = parseShape({ model: { base: { sha256: SHA, name: 'it' }, adapter }, sft: { mode: 'direct' } });
  return baseOf(session, opened, SHA, 'it');
}

describe('the base of a session', () => {
  it('embeds at a token of its own, or at what ends a text', async () => {
    expect(await base('c')).toMatchObject({
      embed: 3,
      adapter: { embedToken: 3 },
      opened: { arch: { vocab_size: 7 } },
    });
    expect(await base('')).toMatchObject({ embed: 6, adapter: { embedToken: null } });
  });

  it('gets the embed token of the lab where it has none: in a row to spare, or in one more', async () => {
    const spare = await base('<|embed_token|>', 3);
    expect(spare).toMatchObject({ embed: 7, adapter: { embedToken: 7 }, opened: { arch: { vocab_size: 10 } } });
    const grown = await base('<|embed_token|>');
    expect(grown).toMatchObject({ embed: 7, adapter: { embedToken: 7 }, opened: { arch: { vocab_size: 8 } } });
    expect(grown.tokenizer.encode('a <|embed_token|>')).toEqual([1, 7]);
    const read = (row: number) => grown.opened.weights.read('model.embed_tokens.weight', row, 1);
    expect(await read(7)).toEqual(await read(6));
  });

  it('without a head embeds at once alone', async () => {
    const tensors = new Map(
      checkpointTensors(arch).map(({ name, length }) => [name, Float32Array.from({ length }, (_, i) => i / 8)]),
    );
    const tokenizer = wordLevelTokenizer(WORDS, '<unk>', { eos: '</s>' });
    const opened = {
      ...(await openModel(filesInMemory(writeCheckpoint(arch, tensors, { tokenizer })), 'it')),
      hasHead: false,
    };
    const start = (stages: object) =>
      baseOf(
        parseShape({ model: { base: { sha256: SHA, name: 'it' }, adapter: { rank: 2 } }, ...stages }),
        opened,
        SHA,
        'it',
      );
    await expect(start({ sft: { mode: 'direct' } })).resolves.toMatchObject({ embed: 6 });
    const said = 'it: has no head to write with, expected sft.mode direct and no stage 2 with it';
    await expect(start({ sft: { mode: 'reasoning' } })).rejects.toThrow(said);
    await expect(start({ sft: { mode: 'direct' }, grpo: { steps: 1 } })).rejects.toThrow(said);
  });

  it('refuses any other token that it lacks', async () => {
    await expect(base('<|embd|>')).rejects.toThrow('model.adapter.embed_token is "<|embd|>", expected a token of it');
  });
});
