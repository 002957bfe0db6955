import { describe, expect } from 'vitest';
import type { Architecture } from '../config/architecture';
import { FIRST_NUMERICS, SPLIT_NUMERICS } from '../config/numerics';
import { Gpu } from '../gpu/gpu';
import { alwaysTile } from '../kernels/matmul/tuned.test-data';
import { testKernel, type Bench } from '../kernels/reference/harness';
import { float32ToBfloat16, float32ToFloat16 } from '../lib/half';
import { Random } from '../lib/philox';
import { Model } from '../model/model';
import { randomSequences, small } from '../model/small.test-data';
import { NextToken } from '../objectives/next-token';
import { term } from '../objectives/objective';
import { widened } from '../tensors/dtype';
import { TensorTable, type TableOptions } from '../tensors/table';
import { TrainStep } from './train-step';

// Not clipped: the norm's own sum depends on where pages end.
const UPDATE = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0.01, maxNorm: Infinity };

interface Options extends TableOptions {
  activations?: 'keep' | 'recompute';
  /** Weights at the start are rounded to these. */
  rounded?: 'f16' | 'bf16';
  numerics?: number;
}

const halvesOf = { f16: float32ToFloat16, bf16: float32ToBfloat16 };

/** Two updates of next-token prediction: what they read, leave and keep. */
async function twoSteps(
  { gpu }: Pick<Bench, 'gpu'>,
  architecture: Architecture,
  { activations, rounded, numerics, ...options }: Options = {},
) {
  const model = new Model(gpu, architecture, options);
  model.weights.initialise(new Random(5, 'init'));
  if (rounded) {
    const halves = [...(await model.weights.read())].map(
      ([name, values]) => [name, widened({ dtype: rounded, bits: halvesOf[rounded](values) })] as const,
    );
    model.weights.load(new Map(halves));
  }
  // Where sums are in parts, there are several.
  const sequences = randomSequences(numerics ? 10 : 6, architecture.vocab_size, 3);
  const rows = sequences.flat().map((_, row) => row);
  const lm = new NextToken(model, { name: 'lm', targets: rows.length, weight: 1 });
  const batch = {
    sequences,
    terms: [
      term(lm, {
        rows: Uint32Array.from(rows),
        labels: Uint32Array.from(rows, (row) => (row * 7) % architecture.vocab_size),
        weights: new Float32Array(rows.length).fill(1 / rows.length),
      }),
    ],
  };
  const most = rows.length + 5;
  const step = new TrainStep(gpu, model, most, [lm], UPDATE, activations, most, numerics);
  try {
    await step.record();
    const readings = await step.read([step.run(batch, 1e-3, 1), step.run(batch, 1e-3, 2)]);
    return {
      readings,
      gradients: await step.gradients.read(),
      weights: await model.weights.read(),
      bytes: step.activations.bytes,
    };
  } finally {
    step.destroy();
    model.destroy();
  }
}

const variants: [string, Architecture][] = [
  ['llama', small],
  ['qwen3', { ...small, model_type: 'qwen3', tie_word_embeddings: false }],
];

describe('a step', () => {
  for (const [name, one] of variants) {
    testKernel(
      `of 30 layers that computes activations again takes a fifth of them, and has the same bits: ${name}`,
      async (bench) => {
        const architecture = { ...one, num_hidden_layers: 30 };
        const { bytes: all, ...kept } = await twoSteps(bench, architecture);
        const { bytes: few, ...again } = await twoSteps(bench, architecture, { activations: 'recompute' });
        expect(again).toEqual(kept);
        expect(few).toBeLessThanOrEqual(all / 5);
      },
    );

    testKernel(`over tensors in blocks of 64 rows has the bits of one over whole ones: ${name}`, async (bench) => {
      const architecture = { ...one, vocab_size: 140 };
      const blockBytes = 64 * 24 * 4;
      const blocks = new TensorTable(architecture, { blockBytes }).tensors.map((tensor) => tensor.blocks.length);
      expect(blocks.filter((count) => count > 1).length).toBeGreaterThan(architecture.num_hidden_layers);
      const { readings: whole, ...rest } = await twoSteps(bench, architecture);
      const { readings: apart, ...others } = await twoSteps(bench, architecture, { blockBytes });
      expect(apart.map(({ metrics }) => metrics)).toEqual(whole.map(({ metrics }) => metrics));
      expect(others).toEqual(rest);
    });

    testKernel(
      `with sums in parts has bits of its own, the same each time, however it is computed: ${name}`,
      async (bench) => {
        const architecture = { ...one, vocab_size: 140 };
        const first = await twoSteps(bench, architecture, { numerics: FIRST_NUMERICS });
        const { bytes, ...kept } = await twoSteps(bench, architecture, { numerics: SPLIT_NUMERICS });
        expect(kept.gradients).not.toEqual(first.gradients);
        const { bytes: same, ...repeated } = await twoSteps(bench, architecture, { numerics: SPLIT_NUMERICS });
        expect(repeated).toEqual(kept);
        expect(same).toBe(bytes);
        const options = { numerics: SPLIT_NUMERICS, activations: 'recompute' as const };
        const { bytes: few, ...again } = await twoSteps(bench, architecture, options);
        expect(again).toEqual(kept);
        expect(few).toBeLessThan(bytes);
        const inBlocks = { numerics: SPLIT_NUMERICS, blockBytes: 64 * 24 * 4 };
        const { readings, ...others } = await twoSteps(bench, architecture, inBlocks);
        expect(readings.map(({ metrics }) => metrics)).toEqual(kept.readings.map(({ metrics }) => metrics));
        expect(others).toEqual({ gradients: kept.gradients, weights: kept.weights, bytes });
      },
    );

    for (const vendor of ['apple', 'nvidia']) {
      testKernel(`has the bits of the kernels for CPU adapters with those for ${vendor}: ${name}`, async (bench) => {
        const { device, adapter } = bench.gpu;
        const gpu = new Gpu(device, { ...adapter, vendor, software: false });
        for (const numerics of [FIRST_NUMERICS, SPLIT_NUMERICS]) {
          const kernels = new Set<string>();
          gpu.ran = ({ calls }) => calls.forEach(({ kernel }) => kernels.add(kernel));
          expect(await twoSteps({ gpu }, one, { numerics })).toEqual(await twoSteps(bench, one, { numerics }));
          expect([...kernels]).toEqual(expect.arrayContaining(['matmul_tiled', 'matmul_backward', 'matmul_swiglu']));
          expect([...kernels].filter((kernel) => kernel.endsWith('quads'))).toEqual([]);
        }
      });
    }

    testKernel(`has the same bits by every tuning: ${name}`, async ({ gpu }) => {
      const untuned = await twoSteps({ gpu }, one, { numerics: SPLIT_NUMERICS });
      const dispatched = new Set<string>();
      try {
        for (const size of [64, 32, 16] as const) {
          gpu.tuning = alwaysTile(gpu.adapter, size);
          const all: unknown[] = [];
          gpu.ran = ({ calls }) => all.push(...calls.map(({ kernel, size: lanes, groups }) => [kernel, lanes, groups]));
          expect(await twoSteps({ gpu }, one, { numerics: SPLIT_NUMERICS })).toEqual(untuned);
          expect(JSON.stringify(all)).toMatch(/(?=.*matmul_tiled)(?=.*matmul_backward)(?=.*matmul_swiglu)/);
          dispatched.add(JSON.stringify(all));
        }
      } finally {
        // The other tests of this file have the same GPU.
        gpu.tuning = null;
        gpu.ran = null;
      }
      expect(dispatched.size).toBe(3);
    });

    for (const dtype of ['f16', 'bf16'] as const) {
      testKernel(
        `over frozen matrices in ${dtype} has the bits of one over f32 of the same values: ${name}`,
        async (bench) => {
          const trained = (tensor: string) => tensor.includes('norm') || tensor === '1.qkv';
          const wide = await twoSteps(bench, one, { trained, rounded: dtype });
          const half = await twoSteps(bench, one, { trained, rounded: dtype, dtype });
          expect(half).toEqual(wide);
        },
      );
    }

    testKernel(`trains what it is told to, and computes no gradient of what is frozen: ${name}`, async (bench) => {
      const trained = (tensor: string) => /^1\.(qkv|norm2)$|^norm$/.test(tensor);
      const whole = await twoSteps(bench, one);
      const part = await twoSteps(bench, one, { trained });
      // The first step's losses are the same; then the frozen ones stay behind.
      expect(part.readings[0]!.metrics).toEqual(whole.readings[0]!.metrics);
      expect([...part.gradients.keys()].sort()).toEqual([
        'model.layers.1.post_attention_layernorm.weight',
        ...['k', 'q', 'v'].map((p) => `model.layers.1.self_attn.${p}_proj.weight`),
        'model.norm.weight',
      ]);
      const start = await starting(bench, one);
      for (const [tensor, values] of part.weights) {
        const isTrained = part.gradients.has(tensor);
        expect([...values].join() === [...start.get(tensor)!].join(), tensor).toBe(!isTrained);
      }
    });
  }
});

async function starting({ gpu }: Bench, architecture: Architecture) {
  const model = new Model(gpu, architecture);
  model.weights.initialise(new Random(5, 'init'));
  try {
    return await model.weights.read();
  } finally {
    model.destroy();
  }
}
