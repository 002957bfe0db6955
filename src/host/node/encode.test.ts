import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Architecture } from '../../config/architecture';
import { expectedTensors, writeCheckpoint } from '../../formats/huggingface';
import { wordLevelTokenizer, type WordLevelOptions } from '../../formats/word-level';
import { EmbeddingPrompts } from './embedding-prompts';
import { takeBatch } from './trace-generator';

const arch: Architecture = {
  model_type: 'llama',
  vocab_size: 8,
  hidden_size: 8,
  intermediate_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  num_key_value_heads: 1,
  head_dim: 4,
  max_position_embeddings: 5,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  tie_word_embeddings: true,
  attention_bias: false,
};

const tensorsOf = (a: Architecture): Map<string, Float32Array> =>
  new Map(
    expectedTensors(a).map(({ name, shape }) => [name, new Float32Array(shape.reduce((x, y) => x * y, 1)).fill(0.1)]),
  );
const promptsOf = (words: string[], options: WordLevelOptions = {}): EmbeddingPrompts =>
  new EmbeddingPrompts({
    folder: 'folder',
    arch,
    tensors: new Map(),
    tokenizer: wordLevelTokenizer(words, '<unk>', options),
    eosTokenIds: [],
  });

/** Ids 2, 3 are words, 4 and 5 the think word and the embed token. */
const KIN = ['<pad>', '<unk>', 'a', 'b', '<think>', '<|embed_token|>'];

describe('EmbeddingPrompts', () => {
  it('ends a text in the embed token, and cuts what is longer than the context', () => {
    const prompts = promptsOf(KIN);
    expect(prompts.direct(['a b', '', 'a b a b', 'b a b a b'])).toEqual({
      sequences: [[2, 3, 5], [5], [2, 3, 2, 3, 5], [3, 2, 3, 2, 5]],
      truncated: 1,
    });
    expect(prompts.reasoning(['a zebra', '', 'a b a', 'a b a b'])).toEqual({
      sequences: [[2, 1, 4], [4], [2, 3, 2, 4], [2, 3, 2, 4]],
      truncated: 1,
    });
  });

  it('adds no second embed token or think word', () => {
    const prompts = promptsOf(KIN);
    expect(prompts.direct(['a <|embed_token|>', 'a b a b <|embed_token|>'])).toEqual({
      sequences: [
        [2, 5],
        [2, 3, 2, 3, 5],
      ],
      truncated: 0,
    });
    expect(prompts.reasoning(['a <think>']).sequences).toEqual([[2, 4]]);
  });

  it('keeps a BOS, and takes the end of sequence where there is no embed token', () => {
    const prompts = promptsOf(['<unk>', '<s>', '</s>', 'a'], { bos: '<s>', eos: '</s>' });
    expect(prompts.direct(['a', 'a a a a']).sequences).toEqual([
      [1, 3, 2],
      [1, 3, 3, 3, 2],
    ]);
    // Without a think word the text alone is the prompt.
    expect(prompts.reasoning(['a']).sequences).toEqual([[1, 3]]);
  });

  it('refuses a tokenizer with neither', () => {
    expect(() => promptsOf(['<unk>', 'a'])).toThrow(
      'folder/tokenizer.json: no <|embed_token|>, expected that token or an eos_token',
    );
  });
});

describe('takeBatch', () => {
  const lengths = [3, 9, 5, 5, 1];
  const lengthOf = (row: number): number => lengths[row]!;

  it('takes the longest that fit', () => {
    const rows = [0, 1, 2, 3, 4];
    expect(takeBatch(rows, lengthOf, { sequences: 3, promptTokens: 100 })).toEqual({ batch: [1, 2, 3], rest: [0, 4] });
    expect(takeBatch(rows, lengthOf, { sequences: 9, promptTokens: 14 })).toEqual({ batch: [1, 2], rest: [3, 0, 4] });
  });

  it('takes one at least', () => {
    expect(takeBatch([1], lengthOf, { sequences: 9, promptTokens: 2 })).toEqual({ batch: [1], rest: [] });
  });
});

describe('encode and eval on the command line', { timeout: 60_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'encode-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const script = fileURLToPath(new URL('../../../scripts/lab.mjs', import.meta.url));

  const write = (path: string, content: string | Uint8Array): string => {
    const whole = join(root, path);
    mkdirSync(join(whole, '..'), { recursive: true });
    writeFileSync(whole, content);
    return whole;
  };
  const checkpointOf = (name: string, words: string[]): string => {
    const tokenizer = wordLevelTokenizer(words, '<unk>');
    const files = writeCheckpoint(arch, tensorsOf(arch), { tokenizer });
    for (const [file, bytes] of files) write(join(name, file), bytes);
    return join(root, name);
  };
  const checkpoint = checkpointOf('checkpoint', KIN);
  const mute = checkpointOf('mute', ['<unk>', 'a']);
  const input = write('texts.jsonl', '{"_id":"1","text":"a b"}\n');
  const odd = write('odd.jsonl', '{"_id":"1","text":"a b"}\n{"_id":"2"}\n');
  const npy = join(root, 'out.npy');
  write('beir/corpus.jsonl', '{"_id":"d 1","text":"a"}\n');
  write('beir/queries.jsonl', '{"_id":"q","text":"b"}\n');
  write('beir/qrels/test.tsv', 'q\td 1\t1\n');
  write('beir/qrels/none.tsv', 'q\td 1\t0\n');
  const data = ['--data', join(root, 'beir'), '--split'];

  it.each([
    [['encode', '--input', input, '--output', npy], /^--checkpoint: missing/],
    [['encode', '--checkpoint', checkpoint, '--input', input, '--output', npy, '--reasoning', 'yes'], /off or on/],
    [['encode', '--checkpoint', checkpoint, '--input', odd, '--output', npy], /odd\.jsonl, line 2: text is missing/],
    [['encode', '--checkpoint', checkpoint, '--input', input, '--output', join(root, 'x', 'y.npy')], /^--output: no/],
    [['encode', '--checkpoint', checkpoint, '--input', input, '--output', root], /^--output: .* is a folder/],
    [['encode', '--checkpoint', mute, '--input', input, '--output', npy], /no <\|embed_token\|>, expected/],
    [['encode', '--checkpoint', root, '--input', input, '--output', npy], /no config\.json, expected a checkpoint/],
    [['eval', '--checkpoint', checkpoint, ...data, 'dev'], /no split "dev", expected none or test/],
    [['eval', '--checkpoint', checkpoint, ...data, 'none'], /no query with a relevant document/],
    [['eval', '--checkpoint', mute, ...data, 'test'], /no <\|embed_token\|>, expected/],
    [
      ['eval', '--checkpoint', checkpoint, ...data, 'test', '--run-out', npy],
      /^--run-out: id "d 1", expected ids without/,
    ],
  ])('%j is bad input: one line, exit 2, nothing written', (argv, message) => {
    const before = readdirSync(root, { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...argv], { encoding: 'utf8' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(readdirSync(root, { recursive: true })).toEqual(before);
  });
});
