import { describe, expect, it } from 'vitest';
import type { Architecture } from '../config/architecture';
import { GpuOutOfMemoryError } from '../gpu/errors';
import { testKernel } from '../kernels/reference/harness';
import { parameterLengths } from '../kernels/reference/parameters';
import { normals } from '../kernels/reference/test-data';
import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';
import { ParameterSet, ParameterTable } from './parameters';
import { small } from './small.test-data';

const architectures: [string, Architecture][] = [
  ['llama', small],
  ['qwen2', { ...small, model_type: 'qwen2', attention_bias: true }],
  ['qwen3', { ...small, model_type: 'qwen3', tie_word_embeddings: false }],
];
/** The largest tensor of `small`, gate and up with 68 × 24, rounded up to a multiple of 64 floats. */
const LARGEST = 1664 * 4;

describe('the table of parameters', () => {
  for (const [name, architecture] of architectures) {
    for (const limit of [Infinity, LARGEST]) {
      it(`places every tensor at a multiple of 256 bytes, none over another: ${name}, pages of ${limit}`, () => {
        const table = new ParameterTable(architecture, limit);
        const free = table.pages.map(() => 0);
        for (const { page, offset, length } of table.tensors) {
          expect((offset * 4) % 256).toBe(0);
          expect(offset).toBeGreaterThanOrEqual(free[page]!);
          free[page] = offset + length;
        }
        free.forEach((end, page) => expect(table.pages[page]).toBeGreaterThanOrEqual(end));
        for (const floats of table.pages) expect(floats * 4).toBeLessThanOrEqual(limit);
        expect(table.pages.length > 1).toBe(limit === LARGEST);
        expect(table.bytes).toBe(table.pages.reduce((sum, floats) => sum + floats * 4, 0));
      });
    }

    it(`names every tensor of a checkpoint once, each a range of one of ours: ${name}`, () => {
      const table = new ParameterTable(architecture, Infinity);
      expect(new Map(table.checkpoint.map((entry) => [entry.name, entry.length]))).toEqual(
        parameterLengths(architecture),
      );
      expect(table.checkpoint).toHaveLength(parameterLengths(architecture).size);
      for (const tensor of table.tensors) {
        const parts = table.checkpoint.filter((entry) => entry.tensor === tensor);
        let at = 0;
        for (const part of parts) {
          expect(part.at).toBe(at);
          expect(part.shape.reduce((a, b) => a * b)).toBe(part.length);
          at += part.length;
        }
        expect(at).toBe(tensor.length);
      }
      expect(table.parameters).toBe([...parameterLengths(architecture).values()].reduce((a, b) => a + b));
    });
  }

  it('refuses a tensor that no binding can hold', () => {
    expect(() => new ParameterTable(small, LARGEST - 256)).toThrow(GpuOutOfMemoryError);
    expect(() => new ParameterTable(small, 3840 - 256)).toThrow(
      'embed needs 3840 bytes in one binding; this adapter allows 3584',
    );
    expect(() => new ParameterTable(small, Infinity).entry('2.qkv')).toThrow('no tensor 2.qkv');
  });
});

const checkpointOf = (architecture: Architecture) => {
  let seed = 1;
  return new Map(
    [...parameterLengths(architecture)].map(([name, length]) => [name, Float32Array.from(normals(length, seed++))]),
  );
};

describe('parameters on the GPU', () => {
  for (const [name, architecture] of architectures) {
    for (const limit of [1 << 27, LARGEST]) {
      testKernel(`come back as they were loaded: ${name}, pages of at most ${limit} bytes`, async ({ gpu }) => {
        const table = new ParameterTable(architecture, limit);
        const set = new ParameterSet(gpu, table, 'test');
        const copy = new ParameterSet(gpu, table, 'copy');
        try {
          const tensors = checkpointOf(architecture);
          set.load(tensors);
          expect(await set.read()).toEqual(tensors);
          copy.writePages(await set.readPages());
          expect(await copy.read()).toEqual(tensors);
          // q, k and v lie one after another in one view.
          const qkv = await gpu.readFloats(set.view('1.qkv'));
          const parts = ['q', 'k', 'v'].map((part) => tensors.get(`model.layers.1.self_attn.${part}_proj.weight`)!);
          expect([...qkv]).toEqual(parts.flatMap((part) => [...part]));
        } finally {
          set.destroy();
          copy.destroy();
        }
      });
    }
  }

  testKernel('refuse a checkpoint that lacks a tensor, or has one of another length', ({ gpu }) => {
    const set = new ParameterSet(gpu, new ParameterTable(small, Infinity), 'test');
    try {
      const name = 'model.layers.1.self_attn.k_proj.weight';
      const tensors = checkpointOf(small);
      tensors.set(name, new Float32Array(5));
      expect(() => set.load(tensors)).toThrow(new InputError(`${name} has 5 values, expected 288`));
      tensors.delete(name);
      expect(() => set.load(tensors)).toThrow(new InputError(`${name} has no values, expected 288`));
    } finally {
      set.destroy();
    }
    return Promise.resolve();
  });

  testKernel('start with norms of 1, biases of 0 and the rest spread by its inputs, or as told', async ({ gpu }) => {
    const architecture: Architecture = { ...small, hidden_size: 64, model_type: 'qwen2', attention_bias: true };
    const set = new ParameterSet(gpu, new ParameterTable(architecture, Infinity), 'test');
    try {
      set.initialise(new Random(3, 'init'));
      const first = await set.read();
      let now = first;
      const values = (name: string) => now.get(name)!;
      expect(values('model.norm.weight').every((x) => x === 1)).toBe(true);
      expect(values('model.layers.0.self_attn.k_proj.bias').every((x) => x === 0)).toBe(true);
      const deviation = (name: string) =>
        Math.sqrt(values(name).reduce((sum, x) => sum + x * x, 0) / values(name).length);
      expect(deviation('model.embed_tokens.weight') * 8).toBeCloseTo(1, 1);
      expect(deviation('model.layers.1.mlp.up_proj.weight') * 8).toBeCloseTo(1, 1);
      // Two layers write twice each into the residual stream.
      expect(deviation('model.layers.1.mlp.down_proj.weight') * Math.sqrt(34) * 2).toBeCloseTo(1, 1);
      set.initialise(new Random(3, 'init'));
      expect(await set.read()).toEqual(first);
      set.initialise(new Random(4, 'init'));
      expect(await set.read()).not.toEqual(first);
      set.initialise(new Random(3, 'init'), 0.02);
      now = await set.read();
      expect(values('model.norm.weight').every((x) => x === 1)).toBe(true);
      expect(deviation('model.embed_tokens.weight') / 0.02).toBeCloseTo(1, 1);
      expect((deviation('model.layers.1.mlp.down_proj.weight') * 2) / 0.02).toBeCloseTo(1, 1);
    } finally {
      set.destroy();
    }
  });
});
