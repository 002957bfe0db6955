/**
 * Measures how a step grows: its time by the tokens of a batch, from 1,024 to 32,768 in sequences of 64, and what it
 * holds on the GPU by the length of a sequence, up to 4,096, with as many tokens in all.
 *
 *   node scripts/bench.mjs linear    writes docs/results/linear.json and its part of docs/performance.md
 */
import type { Architecture } from '../src/config/architecture';
import { plannedGpu } from '../src/gpu/planned';
import type { Gpu } from '../src/gpu/gpu';
import { openGpu } from '../src/host/node/gpu';
import { Random } from '../src/lib/philox';
import { Model } from '../src/model/model';
import { NextToken } from '../src/objectives/next-token';
import { term } from '../src/objectives/objective';
import { TrainStep } from '../src/training/train-step';
import { measure } from './adapter-time';
import { intoDocument } from './into-document';
import { adapterName, median } from './long-runs';
import { git, writeRecord } from './record';
import { isSmall } from './small';

const TOKENS = (isSmall ? [1, 2] : [1, 2, 4, 8, 16, 32]).map((thousands) => thousands * 1024);
const LENGTHS = isSmall ? [256, 512] : [256, 512, 1024, 2048, 4096];
const LENGTH = 64;
const ROUNDS = 3;

const architecture = (length: number): Architecture => ({
  model_type: 'llama',
  vocab_size: 128,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  head_dim: 16,
  max_position_embeddings: length,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
});

async function stepOf(gpu: Gpu, tokens: number, length: number) {
  const model = new Model(gpu, architecture(length));
  model.weights.initialise(new Random(1, 'init'), 0.02);
  const lm = new NextToken(model, { name: 'lm', targets: tokens, weight: 1 });
  const optimiser = { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxNorm: 1 };
  const step = new TrainStep(gpu, model, tokens, [lm], optimiser);
  await step.record();
  return { model, lm, step };
}

/** Milliseconds of a step; CPU time of the adapter's threads where the adapter is this machine's CPU. */
async function stepTime(gpu: Gpu, tokens: number): Promise<number> {
  const { model, lm, step } = await stepOf(gpu, tokens, LENGTH);
  const random = new Random(2, 'task');
  const sequences = Array.from({ length: tokens / LENGTH }, () =>
    Array.from({ length: LENGTH }, () => random.integer(128)),
  );
  const rows = Uint32Array.from({ length: tokens }, (_, row) => row);
  const labels = rows.map((row) => sequences[Math.floor(row / LENGTH)]![(row + 1) % LENGTH]!);
  const batch = {
    sequences,
    terms: [term(lm, { rows, labels, weights: new Float32Array(tokens).fill(1 / tokens) })],
  };
  let t = 0;
  const run = (): void => void step.run(batch, 1e-3, ++t);
  run();
  await gpu.idle();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await measure(gpu, run));
  step.destroy();
  model.weights.destroy();
  return median(times);
}

const gpu = await openGpu();
const times: number[] = [];
for (const tokens of TOKENS) {
  times.push(await stepTime(gpu, tokens));
  process.stderr.write(`${tokens} tokens: ${times.at(-1)!.toFixed(1)} ms\n`);
}
const bytes: number[] = [];
for (const length of LENGTHS) {
  const planned = plannedGpu();
  await stepOf(planned, length, length);
  bytes.push(planned.counters.liveBytes);
}
const commit = git('rev-parse', '--short=12', 'HEAD');
/** Each value divided by what proportional growth gives, counted from the last one, on which constant costs weigh least. */
const ofLine = (values: readonly number[], sizes: readonly number[]): number[] =>
  values.map((value, i) => value / sizes[i]! / (values.at(-1)! / sizes.at(-1)!));
const results = {
  commit,
  adapter: adapterName(),
  time: TOKENS.map((tokens, i) => ({ tokens, milliseconds: times[i]!, of_line: ofLine(times, TOKENS)[i]! })),
  memory: LENGTHS.map((length, i) => ({ length, bytes: bytes[i]!, of_line: ofLine(bytes, LENGTHS)[i]! })),
};
writeRecord('linear', results);
await intoDocument('docs/performance.md', 'linear', [
  `\`node scripts/bench.mjs linear\` at ${commit}, on ${results.adapter}: a model of 2 layers and 32 channels. Time is CPU time of the adapter's threads, the median of ${ROUNDS} steps; memory is all that a step holds, planned. The last column of each is how far it is from proportional to the largest.`,
  '',
  '| tokens, in sequences of 64 | a step, ms | beside proportional | one sequence of | memory, MB | beside proportional |',
  '| --- | --- | --- | --- | --- | --- |',
  ...results.time.map(({ tokens, milliseconds, of_line }, i) => {
    const held = results.memory[i];
    const memory = held ? [held.length, (held.bytes / 1e6).toFixed(1), held.of_line.toFixed(2)] : ['', '', ''];
    return `| ${[tokens, milliseconds.toFixed(1), of_line.toFixed(2), ...memory].join(' | ')} |`;
  }),
]);
// The native device ends with the process.
process.exit(0);
