import type { Architecture } from '../config/architecture';
import { FIRST_NUMERICS, SPLIT_NUMERICS } from '../config/numerics';
import type { Gpu } from '../gpu/gpu';
import { Recorder } from '../gpu/recorder';
import { attentionBackward, attentionForward, qkvStride } from '../kernels/attention/attention';
import { COUNT, countWords, liveRows } from '../kernels/rows';
import { mostParts } from '../kernels/sums/parts';
import { messageOf } from '../lib/errors';
import { Random } from '../lib/philox';
import { packSequences } from '../model/batch';
import { Generator } from '../model/generator';
import { Model } from '../model/model';
import { NextToken } from '../objectives/next-token';
import { term } from '../objectives/objective';
import type { BenchmarkLine } from '../records/speed';
import { ExactGpuIndex } from '../retrieval/exact-gpu-index';
import { GraphIndex } from '../retrieval/graph/graph-index';
import { medianTimes, recordProduct, type TimedProduct, type Timing } from './timed-product';
import { TrainStep } from './train-step';

// A benchmark of the adapter: how fast it multiplies, trains, generates and searches.

/** The sizes of what is measured, and how long and how often each part runs. */
interface Sizes extends Timing {
  /** Sides of square products. */
  products: readonly number[];
  model: Architecture;
  /** Shape of a training step: sequences, and tokens of each. */
  sequences: number;
  length: number;
  /** Completions that are generated at once, and the tokens of each. */
  completions: number;
  written: number;
  documents: number;
  /** Number of documents in the graph. */
  nodes: number;
}

interface Bench {
  gpu: Gpu;
  sizes: Sizes;
}

/** Median time of one `run` in milliseconds. */
async function time({ gpu, sizes }: Bench, run: (times: number) => void | Promise<void>): Promise<number> {
  const [milliseconds] = await medianTimes(gpu, sizes, [run]);
  return milliseconds!;
}

/** The model of the training step: 4 layers of 128 channels, about 850,000 weights. */
const MODEL: Architecture = {
  model_type: 'llama',
  vocab_size: 512,
  hidden_size: 128,
  intermediate_size: 340,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  head_dim: 32,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
};

const FULL: Sizes = {
  leastMs: 200,
  rounds: 3,
  products: [512, 1024, 2048],
  model: MODEL,
  sequences: 16,
  length: 64,
  completions: 64,
  written: 32,
  documents: 50_000,
  nodes: 5000,
};
/** Sizes for an adapter that is a CPU: the largest are left out. */
const ON_A_CPU: Sizes = { ...FULL, products: [256, 512], documents: 5000 };
/** Sizes for tests: they show that every part runs, and nothing about speed. */
const TINY: Sizes = {
  leastMs: 1,
  rounds: 1,
  products: [64],
  model: { ...MODEL, hidden_size: 32, intermediate_size: 64, num_hidden_layers: 1, head_dim: 8 },
  sequences: 2,
  length: 64,
  completions: 8,
  written: 4,
  documents: 500,
  nodes: 200,
};

/** Times one matrix product. */
async function product(bench: Bench, timed: TimedProduct) {
  const recorded = await recordProduct(bench.gpu, timed);
  try {
    const milliseconds = await time(bench, recorded.run);
    const { rows, inner, columns } = timed;
    return { milliseconds, rate: { value: (2 * rows * inner * columns) / milliseconds / 1e6, unit: 'GFLOP/s' } };
  } finally {
    recorded.destroy();
  }
}

async function attention(bench: Bench, length: number) {
  const { gpu } = bench;
  const rows = Math.max(1024, length);
  const s = { rows: liveRows(rows, COUNT.TOKENS), heads: 4, kvHeads: 4, headDim: 32 };
  const sequences = Array.from({ length: rows / length }, () => new Array<number>(length).fill(0));
  const packed = packSequences(sequences);
  const floats = (count: number) => gpu.buffer('benchmark', count * 4);
  const [wide, narrow] = [rows * qkvStride(s), rows * 128];
  const counts = gpu.upload('benchmark', countWords({ TOKENS: rows }));
  const ranges = {
    seqStart: gpu.upload('benchmark', packed.seqStart),
    seqEnd: gpu.upload('benchmark', packed.seqEnd),
  };
  const t = {
    qkv: floats(wide),
    dqkv: floats(wide),
    out: floats(narrow),
    dout: floats(narrow),
    lse: floats(rows * 4),
    delta: floats(rows * 4),
  };
  const recorder = new Recorder(gpu, 'attention');
  attentionForward(recorder, { counts }, s, { ...ranges, ...t });
  attentionBackward(recorder, { counts }, s, { ...ranges, ...t });
  const program = await recorder.finish();
  try {
    const milliseconds = await time(bench, (times) => program.run(times));
    return { milliseconds, rate: { value: (1000 * rows) / milliseconds, unit: 'tokens/s' } };
  } finally {
    program.destroy();
    gpu.free(counts, ...Object.values(ranges), ...Object.values(t));
  }
}

async function trainingStep(bench: Bench, numerics: number) {
  const { gpu, sizes } = bench;
  const { sequences: count, length } = sizes;
  const tokens = count * length;
  const model = new Model(gpu, sizes.model);
  model.weights.initialise(new Random(1, 'init'), 0.02);
  const lm = new NextToken(model, { name: 'lm', targets: tokens, weight: 1 });
  const optimiser = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, maxNorm: 1 };
  const step = new TrainStep(gpu, model, tokens, [lm], optimiser, 'keep', tokens, numerics);
  const random = new Random(2, 'task');
  const ids = Array.from({ length: count }, () => Array.from({ length }, () => random.integer(512)));
  const rows = Uint32Array.from({ length: tokens }, (_, row) => row);
  const weights = new Float32Array(tokens).fill(1 / tokens);
  const batch = { sequences: ids, terms: [term(lm, { rows, labels: Uint32Array.from(ids.flat()), weights })] };
  try {
    await step.record();
    let t = 0;
    const milliseconds = await time(bench, (times) => {
      for (let i = 0; i < times; i++) step.run(batch, 1e-3, ++t);
    });
    return { milliseconds, rate: { value: (1000 * tokens) / milliseconds, unit: 'tokens/s' } };
  } finally {
    step.destroy();
    model.destroy();
  }
}

async function generation(bench: Bench) {
  const { gpu, sizes } = bench;
  const { completions: sequences, written: maxTokens } = sizes;
  const prompt = 16;
  const model = new Model(gpu, sizes.model);
  model.weights.initialise(new Random(1, 'init'), 0.02);
  const generator = new Generator(model, { promptTokens: 8 * prompt, sequences, maxTokens });
  const prompts = Array.from({ length: 8 }, (_, i) => new Array<number>(prompt).fill(i + 1));
  const options = { maxTokens, stopToken: null, temperature: 1, top_k: 0, top_p: 1, seed: 1, stream: 'sample', step: 0 } as const; // prettier-ignore
  try {
    const milliseconds = await time(bench, async (times) => {
      for (let i = 0; i < times; i++) await generator.generate(prompts, sequences / 8, options);
    });
    return { milliseconds, rate: { value: (1000 * sequences * maxTokens) / milliseconds, unit: 'tokens/s' } };
  } finally {
    generator.destroy();
    model.destroy();
  }
}

/** Unit vectors in 64 clusters, as texts lie. */
function vectors(count: number, dimension: number, seed: number): Float32Array<ArrayBuffer> {
  const random = new Random(seed, 'task');
  const centres = Float32Array.from({ length: 64 * dimension }, () => random.normal());
  const all = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    const centre = random.integer(64) * dimension;
    const own = all.subarray(row * dimension, (row + 1) * dimension);
    own.forEach((_, c) => (own[c] = centres[centre + c]! + 0.5 * random.normal()));
    const norm = Math.hypot(...own);
    own.forEach((value, c) => (own[c] = value / norm));
  }
  return all;
}

const [QUERIES, DIMENSION, NEAREST] = [64, 128, 10];

async function topK(bench: Bench) {
  const { gpu, sizes } = bench;
  const { documents } = sizes;
  const index = new ExactGpuIndex(gpu, vectors(documents, DIMENSION, 1), DIMENSION);
  const queries = vectors(QUERIES, DIMENSION, 2);
  const milliseconds = await time(bench, async (times) => {
    for (let i = 0; i < times; i++) await index.searchAll(queries, NEAREST);
  });
  return { milliseconds, rate: { value: (1000 * QUERIES) / milliseconds, unit: 'queries/s' } };
}

async function graphSearch(bench: Bench) {
  const index = GraphIndex.build(vectors(bench.sizes.nodes, DIMENSION, 1), DIMENSION);
  const queries = vectors(QUERIES, DIMENSION, 2);
  const milliseconds = await time(bench, (times) => {
    for (let i = 0; i < times * QUERIES; i++) {
      const at = (i % QUERIES) * DIMENSION;
      index.search(queries.subarray(at, at + DIMENSION), NEAREST);
    }
  });
  return { milliseconds, rate: { value: (1000 * QUERIES) / milliseconds, unit: 'queries/s' } };
}

type Figures = Pick<BenchmarkLine, 'milliseconds' | 'rate'>;

/** The parts of the benchmark, in the order in which they are measured. */
function partsOf(bench: Bench): [what: string, run: () => Promise<Figures>][] {
  const { products, model, sequences, length, completions, written, documents, nodes } = bench.sizes;
  const { num_hidden_layers: layers, hidden_size: channels } = model;
  const count = (value: number): string => value.toLocaleString('en');
  const gradient = (rows: number, inner: number, columns: number) =>
    ({ rows, inner, columns, turned: 'left' }) as const;
  const parts = mostParts(64, 64);
  const step = `training step, ${layers} × ${channels} channels, ${count(sequences * length)} tokens`;
  const square = (n: number) => ({ rows: n, inner: n, columns: n });
  return [
    ...products.map((n): [string, () => Promise<Figures>] => [`product, ${n}³`, () => product(bench, square(n))]),
    ['product, 1,024 tokens · (64, 192)', () => product(bench, { rows: 1024, inner: 64, columns: 192 })],
    ['weight gradient, (64, 64) over 1,024 tokens', () => product(bench, gradient(64, 1024, 64))],
    [
      'weight gradient, (64, 64) over 1,024 tokens, in parts',
      () => product(bench, { ...gradient(64, 1024, 64), parts }),
    ],
    ['weight gradient, (256, 680) over 4,096 tokens', () => product(bench, gradient(256, 4096, 680))],
    ['attention, both ways, 16 × 64', () => attention(bench, 64)],
    ['attention, both ways, 1 × 1,024', () => attention(bench, 1024)],
    [step, () => trainingStep(bench, FIRST_NUMERICS)],
    [`${step}, gradients in parts`, () => trainingStep(bench, SPLIT_NUMERICS)],
    [`writing, ${completions} completions of ${written} tokens`, () => generation(bench)],
    [`top 10 of ${count(documents)} × 128, 64 queries`, () => topK(bench)],
    [`top 10 by a graph of ${count(nodes)}, on the CPU`, () => graphSearch(bench)],
  ];
}

export interface MeasuringOptions {
  /** Called with each line when it is measured. */
  onLine: (line: BenchmarkLine) => void;
  /** Called before each part with its name, its number from 1 and the number of parts. */
  onPart?: (what: string, part: number, parts: number) => void;
  /** Called between two parts; true ends the benchmark. */
  isCancelled?: () => boolean;
  /** Uses tiny sizes, which show that every part runs and nothing about speed. */
  tiny?: boolean;
}

/**
 * Measures how fast this adapter is: products, attention, a training step, generation, exact search and search in a
 * graph. A part that fails says why in its line, and the others still run.
 */
export async function gpuBenchmark(
  gpu: Gpu,
  { onLine, onPart, isCancelled = () => false, tiny = false }: MeasuringOptions,
): Promise<BenchmarkLine[]> {
  const parts = partsOf({ gpu, sizes: tiny ? TINY : gpu.adapter.software ? ON_A_CPU : FULL });
  const lines: BenchmarkLine[] = [];
  for (const [i, [what, run]] of parts.entries()) {
    onPart?.(what, i + 1, parts.length);
    // A message to cancel is only received between two tasks.
    await new Promise((resolve) => setTimeout(resolve));
    if (isCancelled()) break;
    const line = await run().then(
      (figures): BenchmarkLine => ({ what, ...figures }),
      (error: unknown): BenchmarkLine => ({ what, milliseconds: null, rate: null, reason: messageOf(error) }),
    );
    lines.push(line);
    onLine(line);
  }
  return lines;
}
