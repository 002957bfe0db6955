import type { Architecture } from '../config/architecture';
import type { Gpu } from '../gpu/gpu';
import { Recorder } from '../gpu/recorder';
import { attentionBackward, attentionForward, qkvStride } from '../kernels/attention/attention';
import { matmul, type Matrix } from '../kernels/matmul/matmul';
import { COUNT, countWords, fixedRows, liveRows } from '../kernels/rows';
import { Random } from '../lib/philox';
import { packSequences } from '../model/batch';
import { Generator } from '../model/generator';
import { Model } from '../model/model';
import { NextToken } from '../objectives/next-token';
import { term } from '../objectives/objective';
import { ExactGpuIndex } from '../retrieval/exact-gpu-index';
import { GraphIndex } from '../retrieval/graph/graph-index';
import { TrainStep } from './train-step';

/** One line of the benchmark. */
export interface BenchmarkLine {
  what: string;
  /** Milliseconds of one, the median; null where this adapter could not do it. */
  milliseconds: number | null;
  /** What that makes a second. */
  rate: { value: number; unit: string } | null;
  /** Why there is no figure. */
  reason?: string;
}

/** What a part is done for at the least, to be timed. */
const LEAST_MS = 200;
const ROUNDS = 3;

/** Milliseconds of one `run`, the median of some rounds of as many as take a while. */
async function time(gpu: Gpu, run: (times: number) => void | Promise<void>): Promise<number> {
  const once = async (times: number): Promise<number> => {
    const start = performance.now();
    await run(times);
    await gpu.idle();
    return performance.now() - start;
  };
  await once(1);
  const times = Math.max(1, Math.min(200, Math.ceil(LEAST_MS / Math.max(0.01, await once(1)))));
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push((await once(times)) / times);
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1]!;
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
const [SEQUENCES, LENGTH] = [16, 64];

async function product(gpu: Gpu, [rows, inner, columns]: readonly [number, number, number], turned: boolean) {
  const floats = (count: number) => gpu.buffer('benchmark', count * 4);
  const [a, b, c] = [floats(rows * inner), floats(inner * columns), floats(rows * columns)];
  const counts = gpu.upload('benchmark', countWords({}));
  const recorder = new Recorder(gpu, 'product');
  const left: Matrix = turned ? { view: a, stride: rows, transposed: true } : { view: a, stride: inner };
  const o = { rows: fixedRows(rows), inner: fixedRows(inner), columns, c, cStride: columns };
  matmul(recorder, { counts }, { ...o, a: left, b: { view: b, stride: columns } });
  const program = await recorder.finish();
  try {
    const milliseconds = await time(gpu, (times) => program.run(times));
    return { milliseconds, rate: { value: (2 * rows * inner * columns) / milliseconds / 1e6, unit: 'GFLOP/s' } };
  } finally {
    program.destroy();
    gpu.free(a, b, c, counts);
  }
}

async function attention(gpu: Gpu, length: number) {
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
    const milliseconds = await time(gpu, (times) => program.run(times));
    return { milliseconds, rate: { value: (1000 * rows) / milliseconds, unit: 'tokens/s' } };
  } finally {
    program.destroy();
    gpu.free(counts, ...Object.values(ranges), ...Object.values(t));
  }
}

async function trainingStep(gpu: Gpu) {
  const tokens = SEQUENCES * LENGTH;
  const model = new Model(gpu, MODEL);
  model.weights.initialise(new Random(1, 'init'), 0.02);
  const lm = new NextToken(model, { name: 'lm', targets: tokens, weight: 1 });
  const optimiser = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, maxNorm: 1 };
  const step = new TrainStep(gpu, model, tokens, [lm], optimiser);
  const random = new Random(2, 'task');
  const ids = Array.from({ length: SEQUENCES }, () => Array.from({ length: LENGTH }, () => random.integer(512)));
  const rows = Uint32Array.from({ length: tokens }, (_, row) => row);
  const weights = new Float32Array(tokens).fill(1 / tokens);
  const batch = { sequences: ids, terms: [term(lm, { rows, labels: Uint32Array.from(ids.flat()), weights })] };
  try {
    await step.record();
    let t = 0;
    const milliseconds = await time(gpu, (times) => {
      for (let i = 0; i < times; i++) step.run(batch, 1e-3, ++t);
    });
    return { milliseconds, rate: { value: (1000 * tokens) / milliseconds, unit: 'tokens/s' } };
  } finally {
    step.destroy();
    model.destroy();
  }
}

async function generation(gpu: Gpu) {
  const [sequences, maxTokens, prompt] = [64, 32, 16];
  const model = new Model(gpu, MODEL);
  model.weights.initialise(new Random(1, 'init'), 0.02);
  const generator = new Generator(model, { promptTokens: 8 * prompt, sequences, maxTokens });
  const prompts = Array.from({ length: 8 }, (_, i) => new Array<number>(prompt).fill(i + 1));
  const options = { maxTokens, stopToken: null, temperature: 1, top_k: 0, top_p: 1, seed: 1, stream: 'sample', step: 0 } as const; // prettier-ignore
  try {
    const milliseconds = await time(gpu, async (times) => {
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

async function topK(gpu: Gpu, documents: number) {
  const index = new ExactGpuIndex(gpu, vectors(documents, DIMENSION, 1), DIMENSION);
  const queries = vectors(QUERIES, DIMENSION, 2);
  const milliseconds = await time(gpu, async (times) => {
    for (let i = 0; i < times; i++) await index.searchAll(queries, NEAREST);
  });
  return { milliseconds, rate: { value: (1000 * QUERIES) / milliseconds, unit: 'queries/s' } };
}

async function graphSearch(gpu: Gpu, documents: number) {
  const index = GraphIndex.build(vectors(documents, DIMENSION, 1), DIMENSION);
  const queries = vectors(QUERIES, DIMENSION, 2);
  const milliseconds = await time(gpu, (times) => {
    for (let i = 0; i < times * QUERIES; i++) {
      const at = (i % QUERIES) * DIMENSION;
      index.search(queries.subarray(at, at + DIMENSION), NEAREST);
    }
  });
  return { milliseconds, rate: { value: (1000 * QUERIES) / milliseconds, unit: 'queries/s, on the CPU' } };
}

/**
 * What this adapter does: products, attention, a training step, writing, exact search and the search of a graph. A part that it
 * cannot do says so, and the rest goes on. On an adapter that is a CPU the largest are left out.
 * @param tell of each line as it is there. @param isCancelled asked between two parts.
 */
export async function gpuBenchmark(
  gpu: Gpu,
  tell: (line: BenchmarkLine) => void,
  isCancelled: () => boolean = () => false,
): Promise<BenchmarkLine[]> {
  const { software } = gpu.adapter;
  const documents = software ? 5000 : 50_000;
  const sizes = software ? [256, 512] : [512, 1024, 2048];
  const parts: [string, () => Promise<Pick<BenchmarkLine, 'milliseconds' | 'rate'>>][] = [
    ...sizes.map((n): (typeof parts)[number] => [`product, ${n}³`, () => product(gpu, [n, n, n], false)]),
    ['product, 1,024 tokens · (64, 192)', () => product(gpu, [1024, 64, 192], false)],
    ['weight gradient, (64, 64) over 1,024 tokens', () => product(gpu, [64, 1024, 64], true)],
    ['weight gradient, (256, 680) over 4,096 tokens', () => product(gpu, [256, 4096, 680], true)],
    ['attention, both ways, 16 × 64', () => attention(gpu, 64)],
    ['attention, both ways, 1 × 1,024', () => attention(gpu, 1024)],
    ['training step, 4 layers of 128, 1,024 tokens', () => trainingStep(gpu)],
    ['writing, 64 completions of 32 tokens', () => generation(gpu)],
    [`top 10 of ${documents.toLocaleString('en')} × 128, 64 queries`, () => topK(gpu, documents)],
    ['the same by a graph of 5,000', () => graphSearch(gpu, 5000)],
  ];
  const lines: BenchmarkLine[] = [];
  for (const [what, run] of parts) {
    // A page that asks to cancel is only heard between two tasks.
    await new Promise((resolve) => setTimeout(resolve));
    if (isCancelled()) break;
    const line = await run().then(
      (figures): BenchmarkLine => ({ what, ...figures }),
      (error: unknown): BenchmarkLine => ({
        what,
        milliseconds: null,
        rate: null,
        reason: error instanceof Error ? error.message : String(error),
      }),
    );
    lines.push(line);
    tell(line);
  }
  return lines;
}
