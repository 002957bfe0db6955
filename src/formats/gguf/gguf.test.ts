import { describe, expect, it } from 'vitest';
import { float32ToFloat16 } from '../../lib/half';
import { checkpointTensors } from '../../tensors/layout';
import { widened } from '../../tensors/dtype';
import { merged } from '../merged-source';
import { filesInMemory } from '../model-files';
import { openModel } from '../open-model';
import { BLOCK_TYPES } from './block-types';
import { ggufShape, writeGguf, type MetadataToWrite, type TensorToPack } from './gguf.test-data';
import { ggufNames } from './names';
import fixture from './unpack.fixture.json';
import type { Architecture } from '../../config/architecture';

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

describe('blocks of ggml', () => {
  it.each(Object.entries(fixture))('%s is unpacked as the Python package does it', (type, { blocks, values }) => {
    const expected = new Float32Array(fromBase64(values).buffer);
    const found = BLOCK_TYPES[type]!.unpack!(fromBase64(blocks));
    expect(found).toEqual(expected);
    expect(new Set(found).size).toBeGreaterThan(20);
  });
});

const arch: Architecture = {
  model_type: 'llama',
  vocab_size: 6,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 1,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  rope_theta: 500_000,
  tie_word_embeddings: true,
  attention_bias: false,
};

const metadataOf = (a: Architecture): Record<string, MetadataToWrite> => ({
  ...ggufShape(a),
  'general.license': 'apache-2.0',
  'tokenizer.chat_template': '{{ messages }}',
  'tokenizer.ggml.eos_token_id': 2,
});

/** The value of every element shows its row in the file: row + column / 64. */
const tensorsOf = (a: Architecture): TensorToPack[] =>
  checkpointTensors(a).map(({ name, shape }) => {
    const columns = shape[1] ?? 1;
    const values = Float32Array.from(
      { length: shape[0]! * columns },
      (_, i) => Math.floor(i / columns) + (i % columns) / 64,
    );
    return {
      name: ggufNames(a.num_hidden_layers).get(name)!,
      type: 0,
      shape,
      bytes: new Uint8Array(values.buffer),
    };
  });
const packed = (a: Architecture, change: (tensors: TensorToPack[]) => TensorToPack[] = (tensors) => tensors) =>
  writeGguf(metadataOf(a), change(tensorsOf(a)));
const open = (files: Record<string, Uint8Array>) => openModel(filesInMemory(new Map(Object.entries(files))), 'it');

describe('a GGUF file', () => {
  it('tells architecture, template, licence and the end of a text', async () => {
    const model = await open({ 'a.gguf': packed(arch) });
    expect(model.arch).toEqual(arch);
    expect(model).toMatchObject({
      chatTemplate: '{{ messages }}',
      licence: 'apache-2.0',
      eosTokenIds: [2],
      hasHead: true,
    });
    expect(model.bytes).toBe(4 * checkpointTensors(arch).reduce((sum, { length }) => sum + length, 0));
  });

  it('is read in version 2 too', async () => {
    expect((await open({ 'a.gguf': writeGguf(metadataOf(arch), tensorsOf(arch), 2) })).arch).toEqual(arch);
  });

  it('has the rows of q and k of a llama in pairs, which are put back; k by its own heads', async () => {
    const { weights } = await open({ 'a.gguf': packed(arch) });
    const rowsOf = async (part: string, row: number, rows: number): Promise<number[]> => {
      const values = widened(await weights.read(`model.layers.0.self_attn.${part}_proj.weight`, row, rows));
      return Array.from({ length: rows }, (_, i) => values[i * 32]!);
    };
    // The file's rows hold Hugging Face's rows 0, 4, 1, 5, 2, 6, 3, 7 of a head of 8.
    const head = [0, 2, 4, 6, 1, 3, 5, 7];
    expect(await rowsOf('q', 0, 32)).toEqual([0, 8, 16, 24].flatMap((first) => head.map((row) => first + row)));
    expect(await rowsOf('k', 0, 16)).toEqual([0, 8].flatMap((first) => head.map((row) => first + row)));
    expect(await rowsOf('q', 6, 4)).toEqual([5, 7, 8, 10]);
    expect(await rowsOf('v', 0, 4)).toEqual([0, 1, 2, 3]);
  });

  it('takes an adapter, whose rows are in the order of Hugging Face, on a llama too', async () => {
    const base = await open({ 'a.gguf': packed(arch) });
    const name = 'model.layers.0.self_attn.q_proj.weight';
    // B A adds a thousand times its row to every column of it.
    const b = Float32Array.from({ length: 32 }, (_, row) => 1000 * row);
    const pair = { rank: 1, scale: 1, a: new Float32Array(32).fill(1), b };
    const { weights } = merged(base, { pairs: new Map([[name, pair]]), rows: new Map(), base: null });
    const values = widened(await weights.read(name, 0, 8));
    const head = [0, 2, 4, 6, 1, 3, 5, 7];
    expect(Array.from({ length: 8 }, (_, row) => values[row * 32])).toEqual(head.map((own, row) => own + 1000 * row));
  });

  it.each(['qwen2', 'qwen3'] as const)('has the rows of a %s as they are', async (model_type) => {
    const a = { ...arch, model_type, attention_bias: model_type === 'qwen2' };
    const { weights, arch: found } = await open({ 'a.gguf': packed(a) });
    expect(found).toEqual(a);
    const values = widened(await weights.read('model.layers.0.self_attn.q_proj.weight', 3, 2));
    expect([values[0], values[32]]).toEqual([3, 4]);
  });

  it('keeps blocks that the GPU unpacks, turns others into halves, each tensor by its own type', async () => {
    const name = 'blk.0.attn_v.weight';
    // d .5 and first byte 0x2F: element 0 is 3.5, element 16 is −3.0; with m −1: 6.5 and 0.
    const q4 = (head: number[]) =>
      Uint8Array.from({ length: 16 * (head.length + 16) }, (_, i) => {
        const at = i % (head.length + 16);
        return at < head.length ? head[at]! : at === head.length ? 0x2f : 0;
      });
    const as = (type: number, bytes: Uint8Array) => (tensors: TensorToPack[]) =>
      tensors.map((tensor) => (tensor.name === name ? { ...tensor, type, bytes } : tensor));
    const cases = [
      [2, [0, 0x38], 'q4_0', 3.5, -3],
      [3, [0, 0x38, 0, 0xbc], 'q4_1', 6.5, 0],
    ] as const;
    for (const [type, head, dtype, first, sixteenth] of cases) {
      const { weights, tensorDtype } = await open({ 'a.gguf': packed(arch, as(type, q4([...head]))) });
      const read = await weights.read('model.layers.0.self_attn.v_proj.weight', 1, 2);
      expect(weights.dtypeOf('model.layers.0.self_attn.v_proj.weight')).toBe(dtype);
      expect([widened(read)[0], widened(read)[16]]).toEqual([first, sixteenth]);
      // q and k beside it are f32.
      expect([tensorDtype('0.qkv'), tensorDtype('0.o'), tensorDtype('norm')]).toEqual(['f16', 'f32', 'f32']);
    }
    const d = float32ToFloat16(new Float32Array([0.25]))[0]!;
    const q5 = Uint8Array.from({ length: 16 * 22 }, (_, i) => [d & 255, d >> 8, 1, 0, 0, 0, 0x3][i % 22] ?? 0);
    const { weights } = await open({ 'a.gguf': packed(arch, as(6, q5)) });
    const read = await weights.read('model.layers.0.self_attn.v_proj.weight', 0, 1);
    expect(read).toMatchObject({ dtype: 'f16' });
    expect([...widened(read).subarray(0, 2)]).toEqual([0.25 * 3, -4]);
  });

  const whole = packed(arch);
  const bigEndian = Uint8Array.from(whole);
  bigEndian.set([0, 0, 0, 3], 4);
  const lfs = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:1\n');
  const odd = (name: string, change: Partial<TensorToPack>) =>
    packed(arch, (tensors) => tensors.map((tensor) => (tensor.name === name ? { ...tensor, ...change } : tensor)));
  it.each([
    ['version 1', writeGguf(metadataOf(arch), tensorsOf(arch), 1), 'it/a.gguf: GGUF version 1, expected 2 or 3'],
    ['another byte order', bigEndian, 'it/a.gguf: a big-endian GGUF file, expected a little-endian one'],
    ['a pointer of Git LFS', lfs, 'it/a.gguf: a Git LFS pointer and not the file it stands for, expected a GGUF file'],
    ['another file', new Uint8Array(100), 'it/a.gguf: does not begin as a GGUF file does, expected one'],
    ['a header that was cut', whole.subarray(0, 300), 'it/a.gguf: ends within its header, after 300 bytes, expected a whole GGUF file'], // prettier-ignore
    ['weights that were cut', whole.subarray(0, whole.length - 200), /^it: a\.gguf has \d+ bytes and tensor blk\.0\.ffn_down\.weight ends at \d+, expected the whole file$/], // prettier-ignore
    ['another quantisation', odd('blk.0.ffn_up.weight', { type: 10 }), /^it: tensor blk\.0\.ffn_up\.weight is Q2_K, expected one of F32/], // prettier-ignore
    ['blocks that do not fill a row', odd('blk.0.ffn_up.weight', { type: 12 }), 'it: tensor blk.0.ffn_up.weight is Q4_K with 32 columns, expected a multiple of 256'], // prettier-ignore
    ['another shape', odd('blk.0.ffn_up.weight', { shape: [32, 64] }), 'it: tensor blk.0.ffn_up.weight has 32 × 64 elements, expected 64 × 32'], // prettier-ignore
    ['a tensor of another model', odd('blk.0.ffn_up.weight', { name: 'blk.0.ffn_up_exps.weight' }), 'it: tensor blk.0.ffn_up.weight is missing, expected with 64 × 32 elements'], // prettier-ignore
    ['another architecture', writeGguf({ 'general.architecture': 'gemma3' }, []), 'it: general.architecture is "gemma3", expected one of llama, qwen2, qwen3'], // prettier-ignore
  ])('refuses %s in one sentence', async (_what, file, message) => {
    await expect(open({ 'a.gguf': file })).rejects.toThrow(message);
  });

  it('refuses weights that are no numbers when they are read', async () => {
    const bytes = new Uint8Array(new Float32Array(16 * 32).fill(NaN).buffer);
    const { weights } = await open({ 'a.gguf': odd('blk.0.attn_v.weight', { bytes }) });
    await expect(weights.read('model.layers.0.self_attn.v_proj.weight', 0, 1)).rejects.toThrow('holds NaN');
  });

  describe('in splits', () => {
    const tensors = tensorsOf(arch);
    const split = (no: number, part: TensorToPack[]) =>
      writeGguf(
        {
          ...(no === 0 ? metadataOf(arch) : {}),
          'split.no': no,
          'split.count': 2,
          'split.tensors.count': tensors.length,
        },
        part,
      );
    const first = split(0, tensors.slice(0, 3));
    const second = split(1, tensors.slice(3));
    it('is the model of all of them', async () => {
      const model = await open({ 'm-00001-of-00002.gguf': first, 'm-00002-of-00002.gguf': second });
      const one = await open({ 'a.gguf': packed(arch) });
      expect(model.arch).toEqual(arch);
      for (const { name, shape } of checkpointTensors(arch)) {
        expect(await model.weights.read(name, 0, shape[0]!)).toEqual(await one.weights.read(name, 0, shape[0]!));
      }
    });
    it.each([
      ['a missing one', { 'm-00001-of-00002.gguf': first }, 'it: no m-00002-of-00002.gguf, expected all 2 splits'],
      [
        'one under another name',
        { 'm.gguf': first },
        "it: m.gguf is split 1 of 2, expected 1 of 1 by the files' names",
      ],
      ['the same one twice', { 'm-00001-of-00002.gguf': first, 'm-00002-of-00002.gguf': first }, 'it: m-00002-of-00002.gguf is split 1 of 2, expected 2 of 2 by the files\' names'], // prettier-ignore
      ['files of two models', { 'a.gguf': whole, 'b.gguf': whole }, 'it: 2 .gguf files of several models (b.gguf), expected one model\'s'], // prettier-ignore
    ])('refuses %s', async (_what, files: Record<string, Uint8Array>, message) => {
      await expect(open(files)).rejects.toThrow(message);
    });
  });
});
