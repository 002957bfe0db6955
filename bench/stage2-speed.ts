/**
 * What stage 2's parts cost beside their plain alternatives, in one run on one adapter, over the 6,144 documents and the
 * model of bench/closed-loop.ts: a local refresh against a full one, rollouts with the prompts' shared cache against a
 * forward pass for each token, compensation and candidate search on the GPU against the CPU; and the graph's recall on
 * trained embeddings. Writes docs/results/stage2-speed.json and docs/stage2-speed.md.
 *
 *   node scripts/bench.mjs stage2-speed
 */
import type { Gpu } from '../src/gpu/gpu';
import { Recorder } from '../src/gpu/recorder';
import { openGpu } from '../src/host/node/gpu';
import { matmul } from '../src/kernels/matmul/matmul';
import { countWords, fixedRows } from '../src/kernels/rows';
import { topK } from '../src/kernels/search/search';
import { Random } from '../src/lib/philox';
import { Generator } from '../src/model/generator';
import { Encoder } from '../src/model/inference';
import type { StepMetrics } from '../src/records/records';
import { GpuCompensation } from '../src/retrieval/refresh/gpu-compensation';
import { compensateOnCpu } from '../src/retrieval/refresh/refresher';
import { GraphIndex } from '../src/retrieval/graph/graph-index';
import { ExactIndex } from '../src/retrieval/search-index';
import { SessionRun, type RunState } from '../src/training/session-run';
import { SILENT } from '../src/training/silent';
import { closedLoopSession, FOLDER, stageOne, type Environment } from './closed-loop-start';
import { adapterName, figure, median, writeResults } from './long-runs';
import { commitNow, today } from './record';
import { isSmall } from './small';

const ROUNDS = isSmall ? 1 : 7;
const EF = 64;

/** Medians of milliseconds, the contenders taking turns so that a busy machine slows all alike; the first turn is warm-up. */
async function race(contenders: Record<string, () => Promise<void> | void>): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const started = performance.now();
      await run();
      if (round > 0) (times[name] ??= []).push(performance.now() - started);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** Real updates of stage 2 with each policy, in turns: the whole refresh with its searches. */
async function refreshes(gpu: Gpu, start: RunState): Promise<Record<string, number>> {
  const times: Record<string, number[]> = {};
  const open = async (name: string, environment: Environment) => {
    const session = closedLoopSession({}, { ...environment, audit_every: 0 });
    const metrics = (steps: StepMetrics[]) =>
      steps.forEach(({ 'time/refresh': seconds }) => (times[name] ??= []).push(1000 * Number(seconds)));
    const run = new SessionRun(gpu, session, { ...SILENT, metrics });
    await run.restore(start);
    return run;
  };
  const runs = [
    await open('local', { policy: 'local', budget: 0.01, oldest_share: 0.2 }),
    await open('full', { policy: 'full' }),
  ];
  for (let round = 0; round <= ROUNDS; round++) for (const run of runs) await run.advance(1);
  for (const run of runs) run.destroy();
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values.slice(1))]));
}

async function rollouts(run: SessionRun): Promise<Record<string, number>> {
  const [groups, size, length] = [32, 4, 16];
  const { model, tokens, task } = run;
  const random = new Random(1, 'evaluation');
  const prompts = Array.from({ length: groups }, (_, i) =>
    tokens.prompt(task.sampleQuery((i % task.maxDepth) + 1, false, random.uniform).text, 'think'),
  );
  const generator = new Generator(model, {
    promptTokens: prompts.reduce((sum, prompt) => sum + prompt.length, 0),
    sequences: groups * size,
    maxTokens: length,
  });
  const encoder = new Encoder(model, groups * size * 32, groups * size);
  const into = model.gpu.buffer('last states', groups * size * model.architecture.hidden_size * 4);
  // Nothing stops them: all are as long as they can be.
  const options = { maxTokens: length, stopToken: null, temperature: 1, top_k: 0, top_p: 1, seed: 1 } as const;
  let written = (await generator.generate(prompts, size, { ...options, stream: 'grpo', step: 0 })).map(
    ({ ids }) => ids,
  );
  const times = await race({
    cached: async () => {
      const completions = await generator.generate(prompts, size, { ...options, stream: 'grpo', step: 0 });
      written = completions.map(({ ids }) => ids);
    },
    // Only the forward passes: neither logits nor sampling, which favours it.
    plain: async () => {
      for (let t = 0; t < length; t++) {
        const sequences = written.map((ids, i) => [...prompts[Math.floor(i / size)]!, ...ids.slice(0, t)]);
        await encoder.encodeInto(sequences, into);
        await model.gpu.readFloats(into, 1);
      }
    },
  });
  generator.destroy();
  encoder.destroy();
  model.gpu.free(into);
  return times;
}

async function compensations(gpu: Gpu, vectors: Float32Array, dimension: number): Promise<Record<string, number>> {
  const rows = vectors.length / dimension;
  const documents = Int32Array.from({ length: Math.round(rows / 100) }, (_, i) => i * 97);
  const stored = new Float32Array(documents.length * dimension);
  documents.forEach((row, i) => stored.set(vectors.subarray(row * dimension, (row + 1) * dimension), i * dimension));
  const random = new Random(2, 'evaluation');
  const fresh = stored.map((x) => x + 0.01 * random.normal());
  const pairs = { documents, stored, fresh };
  const compensation = new GpuCompensation(gpu, rows, dimension);
  const times = await race({
    cpu: async () => {
      await compensateOnCpu(vectors.slice(), dimension, pairs, 1);
    },
    gpu: async () => {
      await compensation.run(vectors.slice(), pairs, 1);
    },
  });
  compensation.destroy();
  return times;
}

/** The 64 nearest of `count` moved rows: walks of the graph, or all cosines and a selection on the GPU. */
async function candidates(
  gpu: Gpu,
  index: GraphIndex,
  vectors: Float32Array,
  count: number,
): Promise<Record<string, number>> {
  const d = index.dimension;
  const rows = index.size;
  const queries = Float32Array.from(
    { length: count * d },
    (_, i) => vectors[(Math.floor(i / d) * 17 * d + (i % d)) % vectors.length]!,
  );
  const counts = gpu.upload('counts', countWords({}));
  const corpus = gpu.upload('corpus', Float32Array.from(vectors));
  const asked = gpu.upload('queries', queries);
  const scores = gpu.buffer('scores', count * rows * 4);
  const ids = gpu.buffer('ids', count * EF * 4);
  const values = gpu.buffer('values', count * EF * 4);
  const recorder = new Recorder(gpu, 'candidates');
  matmul(
    recorder,
    { counts },
    {
      rows: fixedRows(count),
      inner: fixedRows(d),
      columns: rows,
      a: { view: asked, stride: d },
      b: { view: corpus, stride: d, transposed: true },
      c: scores,
      cStride: rows,
    },
  );
  topK(recorder, { counts }, { rows: fixedRows(count), columns: rows, pitch: rows, k: EF, scores, ids, values });
  const program = await recorder.finish();
  const times = await race({
    cpu: () => {
      for (let i = 0; i < count; i++) index.search(queries.subarray(i * d, (i + 1) * d), EF);
    },
    gpu: async () => {
      program.run();
      await gpu.readFloats(values, count * EF);
    },
  });
  program.destroy();
  gpu.free(counts, corpus, asked, scores, ids, values);
  return times;
}

/** Recall@10 of the graph on trained embeddings, asked with what right traces embed to. */
async function recall(run: SessionRun, index: GraphIndex, vectors: Float32Array): Promise<Record<string, number[]>> {
  const { task, tokens, model } = run;
  const random = new Random(3, 'evaluation');
  const encoder = new Encoder(model, 4096, 1024);
  const sequences = Array.from({ length: 500 }, (_, i) => {
    const query = task.sampleQuery((i % task.maxDepth) + 1, false, random.uniform);
    return [...tokens.prompt(query.text, 'think'), ...tokens.encode(query.trace), tokens.embed];
  });
  const queries = await encoder.encode(sequences);
  encoder.destroy();
  const d = index.dimension;
  const exact = new ExactIndex(vectors, d);
  const at: Record<string, number[]> = {};
  for (const ef of [16, 32, 64, 128, 256]) {
    let found = 0;
    let distances = 0;
    for (let i = 0; i < sequences.length; i++) {
      const query = queries.subarray(i * d, (i + 1) * d);
      const wanted = new Set(exact.search(query, 10).ids);
      const result = index.search(query, 10, { ef });
      found += result.ids.filter((id) => wanted.has(id)).length / 10;
      distances += result.distances;
    }
    at[ef] = [found / sequences.length, distances / sequences.length / index.size];
  }
  return at;
}

const gpu = await openGpu();
const start = await stageOne(gpu);
const session = closedLoopSession({}, { policy: 'none' });
const run = new SessionRun(gpu, session, SILENT);
await run.restore(start);
const encoder = new Encoder(run.model, 4096, 1024);
const vectors = await encoder.encode(run.tokens.documents);
encoder.destroy();
const dimension = run.model.architecture.hidden_size;
const { M, ef_construction, ef } = session.environment;
const index = GraphIndex.build(vectors, dimension, { m: M, ef_construction, ef }, session.seed);
const tell = (what: string, found: unknown) => process.stderr.write(`${what}: ${JSON.stringify(found)}\n`);

const recalls = await recall(run, index, vectors);
tell('recall', recalls);
const rollout = await rollouts(run);
tell('rollout', rollout);
const compensation = await compensations(gpu, vectors, dimension);
tell('compensation', compensation);
const one = await candidates(gpu, index, vectors, Math.round(index.size / 100));
tell('candidates, 1%', one);
const five = await candidates(gpu, index, vectors, Math.round(index.size / 20));
tell('candidates, 5%', five);
run.destroy();
const refresh = await refreshes(gpu, start);
tell('refresh', refresh);
gpu.destroy();

const command = 'node scripts/bench.mjs stage2-speed';
const date = today();
const commit = commitNow();
const adapter = adapterName();
const record = { command, date, commit, adapter, start: FOLDER, recalls, rollout, compensation, one, five, refresh };
const ms = (x: number | undefined): string => (x === undefined ? '' : x.toPrecision(3));
const row = (what: string, times: Record<string, number>, slow: string, fast: string): string =>
  `| ${what} | ${slow} ${ms(times[slow])} | ${fast} ${ms(times[fast])} | ${(times[slow]! / times[fast]!).toPrecision(3)} |`;
writeResults('stage2-speed', record, [
  "# What stage 2's parts cost",
  '',
  `Written by \`${command}\` on ${date} at ${commit}, on ${adapter}. ${index.size} documents of dimension ${dimension}, the model that docs/closed-loop.md starts from. Medians of ${ROUNDS} rounds in milliseconds, the contenders taking turns. A software adapter runs on the cores that run the CPU's side too; its times say nothing of hardware.`,
  '',
  '| what | one way | the other | ratio |',
  '|---|---|---|---|',
  row(
    'refresh of an update with its searches: everything encoded and the graph built anew, or 1% of the documents with compensation and repair',
    refresh,
    'full',
    'local',
  ),
  row(
    'rollout of 32 queries × 4 completions × 16 tokens: a forward pass for each token (without logits), or the shared cache',
    rollout,
    'plain',
    'cached',
  ),
  row('compensation of the corpus', compensation, 'cpu', 'gpu'),
  row(
    '64 nearest of 1% of the documents: all cosines and a selection on the GPU, or walks of the graph',
    one,
    'gpu',
    'cpu',
  ),
  row('64 nearest of 5% of the documents', five, 'gpu', 'cpu'),
  '',
  `Graph search on these trained embeddings, 500 queries embedded after their right traces, against exact search:`,
  '',
  `| ef | ${Object.keys(recalls).join(' | ')} |`,
  `|---|${Object.keys(recalls)
    .map(() => '---|')
    .join('')}`,
  `| recall@10 | ${Object.values(recalls)
    .map(([found]) => figure(found))
    .join(' | ')} |`,
  `| share of cosines | ${Object.values(recalls)
    .map(([, share]) => `${(100 * share!).toPrecision(3)}%`)
    .join(' | ')} |`,
  '',
]);
