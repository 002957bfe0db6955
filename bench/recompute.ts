/**
 * Compares a training step that keeps its activations with one that computes them again, layer by layer: memory, time,
 * bits. Both in one process, a step of each in turn; times are the adapter's own (CPU time of its threads where it is
 * this machine's CPU), medians, and the ratio is the median of the pairs' ratios.
 *
 *   node scripts/bench.mjs recompute [PAIRS]    writes docs/results/recompute.json
 */
import { openGpu } from '../src/host/node/gpu';
import { Random } from '../src/lib/philox';
import { Model } from '../src/model/model';
import { NextToken } from '../src/objectives/next-token';
import { term } from '../src/objectives/objective';
import { TrainStep } from '../src/training/train-step';
import { measure } from './adapter-time';
import { median } from './long-runs';
import { commitNow, writeRecord } from './record';
import { isSmall } from './small';

const PAIRS = isSmall ? 1 : Number(process.argv[2] ?? 7);
const SEQUENCES = 4;
const LENGTH = 64;
const architecture = {
  model_type: 'llama' as const,
  vocab_size: 1024,
  hidden_size: 192,
  intermediate_size: 512,
  num_hidden_layers: isSmall ? 2 : 30,
  num_attention_heads: 6,
  num_key_value_heads: 2,
  head_dim: 32,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
};
const ADAMW = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0, maxNorm: 1 };

const gpu = await openGpu();
const random = new Random(3, 'sample');
const sequences = Array.from({ length: SEQUENCES }, () =>
  Array.from({ length: LENGTH }, () => random.integer(architecture.vocab_size)),
);
const ids = sequences.flat();

async function make(activations: 'keep' | 'recompute') {
  const model = new Model(gpu, architecture);
  model.weights.initialise(new Random(1, 'init'));
  const lm = new NextToken(model, { name: 'lm', targets: ids.length, weight: 1 });
  const step = new TrainStep(gpu, model, ids.length, [lm], ADAMW, activations);
  await step.record();
  const targets = {
    rows: Uint32Array.from(ids.keys()),
    labels: Uint32Array.from(ids),
    weights: new Float32Array(ids.length).fill(1 / ids.length),
  };
  let t = 0;
  const run = () => measure(gpu, () => step.run({ sequences, terms: [term(lm, targets)] }, 1e-3, ++t));
  return { model, bytes: step.activations.bytes, run };
}

const kept = await make('keep');
const again = await make('recompute');
await kept.run();
await again.run();
const times = { kept: [] as number[], again: [] as number[], ratio: [] as number[] };
for (let pair = 0; pair < PAIRS; pair++) {
  // In turn, first one first, then the other.
  const found = { kept: 0, again: 0 };
  for (const way of pair % 2 === 0 ? (['kept', 'again'] as const) : (['again', 'kept'] as const)) {
    found[way] = await (way === 'kept' ? kept : again).run();
  }
  times.kept.push(found.kept);
  times.again.push(found.again);
  times.ratio.push(found.again / found.kept);
}
const pages = async ({ model }: typeof kept) => JSON.stringify((await model.weights.readPages()).map((p) => [...p]));
const result = {
  command: `node scripts/bench.mjs recompute ${PAIRS}`,
  commit: commitNow(),
  adapter: gpu.adapter.description,
  architecture,
  tokens: ids.length,
  activation_bytes: { kept: kept.bytes, again: again.bytes, share: again.bytes / kept.bytes },
  step_ms: { kept: median(times.kept), again: median(times.again), ratio: median(times.ratio) },
  same_bits_after: PAIRS + 1,
  same_bits: (await pages(kept)) === (await pages(again)),
};
writeRecord('recompute', result);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exit(result.same_bits ? 0 : 1);
