/**
 * What opening a model takes: the time to its first token and of those after it, bytes on the GPU, and the most that JavaScript
 * held beside them. Of SmolLM2-135M-Instruct's GGUF file (`npm run models`), of a path, or of weights out of nothing in four
 * shards of bf16, which are written, read and deleted.
 *
 *   node scripts/bench.mjs real-model [PATH | made-up [MEGABYTES]]    prints JSON; MESA_SHADER_CACHE_DISABLE=true compiles anew
 *   node scripts/bench.mjs real-model document                        both, and writes docs/real-models.md
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer } from '../src/formats/tokenizer';
import { loadCheckpoint } from '../src/host/node/checkpoint';
import { openGpu } from '../src/host/node/gpu';
import { Generator } from '../src/model/generator';
import { Model } from '../src/model/model';
import { intoDocument } from './into-document';
import { writeMadeUp } from '../src/host/node/made-up-model.test-data';

const PROMPT = 'The capital of France is';
const TOKENS = 33;
const MB = 1e6;

const held = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Seconds of CPU time of all threads, the figure to use on a busy machine. */
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function measured(path: string) {
  const gpu = await openGpu();
  const before = held();
  let most = before;
  const look = (): void => void (most = Math.max(most, held()));
  const timer = setInterval(look, 5);
  const start = performance.now();
  const startCpu = cpuSeconds();
  const opened = await loadCheckpoint(path);
  const ids = opened.tokenizer ? new Tokenizer(opened.tokenizer, path).encode(PROMPT) : [1, 2, 3, 4, 5];
  look();
  const afterOpening = performance.now();
  const model = new Model(gpu, opened.arch, { trained: () => false, dtype: opened.tensorDtype });
  await model.weights.stream(opened.weights, look);
  const onGpu = gpu.counters.liveBytes;
  const afterLoading = performance.now();
  clearInterval(timer);
  const generator = new Generator(model, { promptTokens: ids.length, sequences: 1, maxTokens: TOKENS });
  const options = { stopToken: null, temperature: 0, top_k: 0, top_p: 1, seed: 1, stream: 'sample', step: 0 } as const;
  await generator.generate([ids], 1, { ...options, maxTokens: 1 });
  const afterFirst = performance.now();
  const firstCpu = cpuSeconds() - startCpu;
  await generator.generate([ids], 1, { ...options, maxTokens: 1 });
  const afterSecond = performance.now();
  const [completion] = await generator.generate([ids], 1, { ...options, maxTokens: TOKENS });
  const end = performance.now();
  generator.destroy();
  model.destroy();
  const once = afterSecond - afterFirst;
  const { description } = gpu.adapter;
  gpu.destroy();
  return {
    adapter: description,
    bytes_in_files: opened.bytes,
    bytes_on_gpu: onGpu,
    ratio: round(onGpu / opened.bytes, 3),
    javascript_mb: round((most - before) / MB, 1),
    open_s: round((afterOpening - start) / 1e3, 2),
    load_s: round((afterLoading - afterOpening) / 1e3, 2),
    first_token_s: round((afterFirst - start) / 1e3, 2),
    first_token_cpu_s: round(firstCpu, 2),
    ms_per_token: round((end - afterSecond - once) / (TOKENS - 1), 1),
    ids: completion!.ids,
  };
}

const round = (x: number, digits: number): number => Number(x.toFixed(digits));

async function madeUp(bytes: number) {
  const folder = mkdtempSync(join(tmpdir(), 'made-up-'));
  try {
    await writeMadeUp(folder, { bytes });
    return await measured(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function document(): Promise<void> {
  const rows = [
    ['SmolLM2-135M-Instruct, GGUF, Q4_1', await measured(SMOLLM2)],
    ['made up, 0.6 billion weights, bf16, four shards', await madeUp(MADE_UP * MB)],
  ] as const;
  const cells = rows.map(([name, m]) => [
    name,
    (m.bytes_in_files / MB).toFixed(1),
    (m.bytes_on_gpu / MB).toFixed(1),
    m.ratio,
    m.javascript_mb,
    m.load_s,
    m.first_token_s,
    m.first_token_cpu_s,
    m.ms_per_token,
  ]);
  const heads = ['model', 'MB in files', 'MB on the GPU', 'ratio', 'MB of JavaScript beside', 'load, s', 'first token, s', 'the same in CPU seconds', 'ms a token']; // prettier-ignore
  const lines = [heads, heads.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`);
  const load = loadavg().map((x) => x.toFixed(1));
  const about = `On ${rows[0][1].adapter}, ${availableParallelism()} cores, load ${load.join(', ')} at the end; shaders compiled before.`;
  await intoDocument('docs/real-models.md', 'real-model', [about, '', ...lines]);
}

const SMOLLM2 = '.models/SmolLM2-135M-Instruct.Q4_1.gguf';
const MADE_UP = 1200;
const [path = SMOLLM2, megabytes = String(MADE_UP)] = process.argv.slice(2);
if (path === 'document') await document();
else console.log(JSON.stringify(await (path === 'made-up' ? madeUp(Number(megabytes) * MB) : measured(path)), null, 2));
process.exit(0);
