import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Architecture } from '../../config/architecture';
import { writeCheckpoint } from '../../formats/huggingface';
import { checkpointTensors } from '../../tensors/layout';
import { wordLevelTokenizer } from '../../formats/word-level';

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
    checkpointTensors(a).map(({ name, shape }) => [name, new Float32Array(shape.reduce((x, y) => x * y, 1)).fill(0.1)]),
  );
/** Ids 2, 3 are words, 4 and 5 the think word and the embed token. */
const KIN = ['<pad>', '<unk>', 'a', 'b', '<think>', '<|embed_token|>'];

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
  const headless = checkpointOf('headless', KIN);
  const tied = JSON.parse(readFileSync(join(headless, 'config.json'), 'utf8')) as object;
  write('headless/config.json', JSON.stringify({ ...tied, tie_word_embeddings: false }));
  const headIsMissing = (what: string) => new RegExp(`headless: lm_head.weight is missing and tie_word_embeddings is false, expected a head for ${what}; encode needs none`); // prettier-ignore
  const pooled = checkpointOf('pooled', KIN);
  const classes = ['Transformer', 'Pooling'].map((kind) => ({ path: kind === 'Pooling' ? '1_Pooling' : '', type: `sentence_transformers.models.${kind}` })); // prettier-ignore
  write('pooled/modules.json', JSON.stringify(classes));
  write('pooled/1_Pooling/config.json', '{"pooling_mode_mean_tokens": true}');
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
    [
      ['encode', '--checkpoint', checkpoint, '--input', input, '--output', npy, '--passages', '--reasoning', 'on'],
      /^--passages: given with --reasoning on, expected it with documents alone/,
    ],
    [['encode', '--checkpoint', checkpoint, '--input', odd, '--output', npy], /odd\.jsonl, line 2: text is missing/],
    [['encode', '--checkpoint', checkpoint, '--input', input, '--output', join(root, 'x', 'y.npy')], /^--output: no/],
    [['encode', '--checkpoint', checkpoint, '--input', input, '--output', root], /^--output: .* is a folder/],
    [['encode', '--checkpoint', mute, '--input', input, '--output', npy], /no <\|embed_token\|>, expected/],
    [
      ['encode', '--checkpoint', pooled, '--input', input, '--output', npy],
      /pooled\/1_Pooling\/config\.json: Pooling by mean/,
    ],
    [['eval', '--checkpoint', pooled, ...data, 'test'], /Pooling by mean, expected lasttoken/],
    [
      ['encode', '--checkpoint', checkpoint, '--input', input, '--output', npy, '--prompt', 'other'],
      /^--prompt: "other", expected document or query/,
    ],
    [
      ['encode', '--checkpoint', checkpoint, '--input', input, '--output', npy, '--prompt', 'query', '--passages'],
      /^--passages: given with --prompt query/,
    ],
    [['generate', '--checkpoint', headless, '--prompt', 'a'], headIsMissing('generate')],
    [['logits', '--checkpoint', headless, '--ids', '2', '--output', npy], headIsMissing('logits')],
    [['eval', '--checkpoint', headless, ...data, 'test', '--reasoning', 'on'], headIsMissing('--reasoning on')],
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
