import { describe, expect, it } from 'vitest';
import type { Architecture } from '../config/architecture';
import { GpuOutOfMemoryError } from '../gpu/errors';
import { Recorder } from '../gpu/recorder';
import { testKernel } from '../kernels/reference/harness';
import { normals } from '../kernels/reference/test-data';
import { plainNorm, rmsnormForward } from '../kernels/rmsnorm/rmsnorm';
import { countWords, fixedRows } from '../kernels/rows';
import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';
import { small } from '../model/small.test-data';
import { widened } from './dtype';
import { checkpointTensors } from './layout';
import { TensorTable } from './table';
import { TensorSet } from './tensor-set';

const architectures: [string, Architecture][] = [
  ['llama', { ...small, vocab_size: 140 }],
  ['qwen2', { ...small, vocab_size: 140, model_type: 'qwen2', attention_bias: true }],
  ['qwen3', { ...small, vocab_size: 140, model_type: 'qwen3', tie_word_embeddings: false }],
];
/** Of the 140 × 24 table 64 rows; the 68 × 24 of gate and up lie in two blocks too. */
const TINY = 64 * 24 * 4;
const halved = { blockBytes: TINY, dtype: 'bf16', trained: (name: string) => name.startsWith('1.') } as const;

describe('the table of tensors', () => {
  for (const [name, architecture] of architectures) {
    for (const options of [{}, { blockBytes: TINY }, halved]) {
      it(`places every row once, at a multiple of 256 bytes, none over another: ${name}, ${JSON.stringify(options)}`, () => {
        const table = new TensorTable(architecture, options);
        const free = table.pages.map(() => 0);
        for (const { shape, length, dtype, group, blocks } of table.tensors) {
          let rows = 0;
          for (const { page, offset, row, rows: count } of blocks) {
            expect(row).toBe(rows);
            expect(row % 64).toBe(0);
            expect(offset % 256).toBe(0);
            expect(offset).toBeGreaterThanOrEqual(free[page]!);
            expect(table.pages[page]!.group).toBe(group);
            free[page] = offset + ((count * length) / shape[0]!) * (dtype === 'f32' ? 4 : 2);
            rows += count;
          }
          expect(rows).toBe(shape[0]);
        }
        free.forEach((end, page) => expect(table.pages[page]!.bytes).toBeGreaterThanOrEqual(end));
        if ('blockBytes' in options) for (const { bytes } of table.pages) expect(bytes).toBeLessThanOrEqual(TINY);
        expect(table.entry('embed').blocks.length).toBe(options === halved ? 2 : 'blockBytes' in options ? 3 : 1);
        expect(table.bytes).toBe(table.pages.reduce((sum, { bytes }) => sum + bytes, 0));
      });
    }

    it(`names every tensor of a checkpoint once, each a range of one of ours: ${name}`, () => {
      const table = new TensorTable(architecture);
      const names = table.tensors.flatMap(({ parts }) => parts.map((part) => part.name));
      expect(new Set(names).size).toBe(names.length);
      for (const { shape, length, parts } of table.tensors) {
        let at = 0;
        for (const part of parts) {
          expect(part.at).toBe(at);
          expect(part.shape.reduce((a, b) => a * b)).toBe(part.length);
          at += part.length;
        }
        expect(at).toBe(length);
        expect(shape.reduce((a, b) => a * b)).toBe(length);
      }
      expect(table.parameters).toBe(checkpointTensors(architecture).reduce((sum, { length }) => sum + length, 0));
    });
  }

  it('holds only frozen matrices in halves', () => {
    const { tensors } = new TensorTable(architectures[1]![1], halved);
    for (const { name, dtype, group, shape } of tensors) {
      expect(group).toBe(name.startsWith('1.') ? 'trained' : 'frozen');
      expect(dtype).toBe(group === 'frozen' && shape.length === 2 ? 'bf16' : 'f32');
    }
  });

  it('refuses rows of which no 64 fit a binding', () => {
    expect(() => new TensorTable(architectures[0]![1], { blockBytes: TINY - 256 })).toThrow(GpuOutOfMemoryError);
    expect(() => new TensorTable(architectures[0]![1], { blockBytes: TINY - 256 })).toThrow(
      'embed: 64 rows need 6144 bytes, expected at most 5888, one binding',
    );
    expect(() => new TensorTable(small).entry('2.qkv')).toThrow('no tensor 2.qkv');
  });
});

const checkpointOf = (architecture: Architecture) => {
  let seed = 1;
  return new Map(
    checkpointTensors(architecture).map(
      ({ name, length }) => [name, Float32Array.from(normals(length, seed++))] as const,
    ),
  );
};

describe('parameters on the GPU', () => {
  for (const [name, architecture] of architectures) {
    for (const options of [{}, { blockBytes: TINY }]) {
      testKernel(`come back as they were loaded: ${name}, ${JSON.stringify(options)}`, async ({ gpu }) => {
        const table = new TensorTable(architecture, options);
        const set = new TensorSet(gpu, table, 'test');
        const copy = new TensorSet(gpu, table, 'copy');
        try {
          const tensors = checkpointOf(architecture);
          set.load(tensors);
          expect(await set.read()).toEqual(tensors);
          copy.writePages(await set.readPages());
          expect(await copy.read()).toEqual(tensors);
          // q, k and v lie one after another in one view.
          const blocks = set.tensor('1.qkv').blocks.map(({ view }) => gpu.readFloats(view));
          const qkv = (await Promise.all(blocks)).flatMap((block) => [...block]);
          const parts = ['q', 'k', 'v'].map((part) => tensors.get(`model.layers.1.self_attn.${part}_proj.weight`)!);
          expect(qkv).toEqual(parts.flatMap((part) => [...part]));
        } finally {
          set.destroy();
          copy.destroy();
        }
      });
    }
  }

  for (const dtype of ['f16', 'bf16'] as const) {
    testKernel(`keep halves as they are and round what is wider: ${dtype}`, async ({ gpu }) => {
      const architecture = architectures[2]![1];
      const options = { dtype, trained: () => false, blockBytes: TINY };
      const set = new TensorSet(gpu, new TensorTable(architecture, options), 'test');
      try {
        let seed = 1;
        const halves = new Map(
          checkpointTensors(architecture).map(({ name, length }) => {
            // Patterns of numbers from 2⁻¹⁴ to 1, of either kind.
            const bits = Uint16Array.from(normals(length, seed++), (x) => 0x2c00 + (Math.abs(x * 1000) & 0x0fff));
            return [name, { dtype, bits }] as const;
          }),
        );
        const wide = new Map([...halves].map(([name, values]) => [name, widened(values)] as const));
        set.load(halves);
        expect(await set.read()).toEqual(wide);
        // Half of the distance to the next number up rounds back.
        set.load(new Map([...wide].map(([name, values]) => [name, values.map((x) => x * (1 + 2 ** -13))] as const)));
        const read = await set.read();
        expect(read.get('lm_head.weight')).toEqual(wide.get('lm_head.weight'));
        expect(read.get('model.norm.weight')).not.toEqual(wide.get('model.norm.weight'));
      } finally {
        set.destroy();
      }
    });
  }

  testKernel('of one group alone have room for no other', async ({ gpu }) => {
    const before = gpu.counters.liveBytes;
    const table = new TensorTable(small, { trained: (name) => name === '0.qkv' });
    const set = new TensorSet(gpu, table, 'test', 'trained');
    try {
      expect(gpu.counters.liveBytes - before).toBe(table.entry('0.qkv').length * 4);
      expect([set.has('0.qkv'), set.has('1.qkv'), set.has('embed')]).toEqual([true, false, false]);
      expect([...(await set.read()).keys()]).toEqual(
        ['q', 'k', 'v'].map((part) => `model.layers.0.self_attn.${part}_proj.weight`),
      );
      expect(() => set.view('embed')).toThrow('no embed in a set of trained tensors');
    } finally {
      set.destroy();
    }
  });

  testKernel('take pages that were cut elsewhere', async ({ gpu }) => {
    const architecture = architectures[0]![1];
    const whole = new TensorSet(gpu, new TensorTable(architecture), 'whole');
    const cut = new TensorSet(gpu, new TensorTable(architecture, { blockBytes: TINY }), 'cut');
    try {
      whole.load(checkpointOf(architecture));
      cut.writePages(await whole.readPages());
      expect(await cut.read()).toEqual(await whole.read());
    } finally {
      whole.destroy();
      cut.destroy();
    }
  });

  testKernel('refuse a checkpoint that lacks a tensor, or has one of another length', ({ gpu }) => {
    const set = new TensorSet(gpu, new TensorTable(small), 'test');
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
    const set = new TensorSet(gpu, new TensorTable(architecture), 'test');
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

testKernel('a tensor that is too small for a kernel is refused by its own name', async ({ gpu }) => {
  const weights = new TensorSet(gpu, new TensorTable(small), 'weights');
  const recorder = new Recorder(gpu, 'faulty');
  const counts = gpu.upload('counts', countWords({}));
  const channels = small.hidden_size + 1;
  const x = gpu.buffer('x', 2 * channels * 4);
  const [y, rstd] = [gpu.buffer('y', 2 * channels * 4), gpu.buffer('rstd', 8)];
  expect(() =>
    rmsnormForward(recorder, { counts }, plainNorm(fixedRows(2), channels), {
      eps: 1e-6,
      x,
      weight: weights.view('0.norm1'),
      y,
      rstd,
    }),
  ).toThrow(new RangeError(`rmsnorm_forward: weight (0.norm1) has ${small.hidden_size * 4} bytes, expected at least ${channels * 4}`)); // prettier-ignore
  gpu.free(counts, x, y, rstd);
  weights.destroy();
  await gpu.idle();
});
