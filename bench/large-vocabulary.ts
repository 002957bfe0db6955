/**
 * Checks a model whose tied head is larger than a binding, 151,936 × 896 with two layers and random weights, forward
 * and backward on a device with WebGPU's default limits (a binding of 128 MiB), against f64: the layers by the
 * reference of the tests, the head row by row, so that neither logits nor the table's gradient need f64 memory of their
 * own.
 *
 *   node scripts/bench.mjs large-vocabulary    writes docs/results/large-vocabulary.json
 */
import { Gpu, identify } from '../src/gpu/gpu';
import { requestNodeAdapter } from '../src/host/node/device';
import { Random } from '../src/lib/philox';
import { MODEL_TOLERANCE } from '../src/lib/tolerance';
import { Model } from '../src/model/model';
import { modelBackward, modelForward } from '../src/model/reference/model';
import { pack } from '../src/model/reference/packing';
import { zeroGradients } from '../src/model/reference/parameters';
import { NextToken } from '../src/objectives/next-token';
import { term } from '../src/objectives/objective';
import { EMBEDDING } from '../src/tensors/layout';
import { TrainStep } from '../src/training/train-step';
import { commitNow, writeRecord } from './record';
import { isSmall } from './small';

const architecture = {
  model_type: 'qwen2' as const,
  vocab_size: isSmall ? 4096 : 151_936,
  hidden_size: 896,
  intermediate_size: 4864,
  num_hidden_layers: 2,
  num_attention_heads: 14,
  num_key_value_heads: 2,
  head_dim: 64,
  max_position_embeddings: 32,
  rms_norm_eps: 1e-6,
  rope_theta: 1_000_000,
  tie_word_embeddings: true,
  attention_bias: true,
};
const { vocab_size: V, hidden_size: C } = architecture;
const LENGTHS = [9, 7];

const adapter = await requestNodeAdapter();
if (!adapter) throw new Error('no adapter');
// No limit is raised.
const gpu = new Gpu(await adapter.requestDevice(), identify(adapter));
const random = new Random(3, 'sample');
const sequences = LENGTHS.map((length) => Array.from({ length }, () => random.integer(V)));
const ids = sequences.flat();
// The first and the last token of the table are among them, and one that comes twice.
ids[1] = 0;
ids[2] = V - 1;
ids[3] = ids[0]!;
sequences[0] = ids.slice(0, LENGTHS[0]);
const labels = ids.map((id, row) => (row % 3 === 0 ? id : random.integer(V)));

const model = new Model(gpu, architecture);
model.weights.initialise(new Random(1, 'init'), 0.05);
const lm = new NextToken(model, { name: 'lm', targets: ids.length, weight: 1 });
const step = new TrainStep(gpu, model, ids.length, [lm], { beta1: 0, beta2: 0, eps: 1, weightDecay: 0, maxNorm: 1 });
await step.record();
const begun = performance.now();
const targets = {
  rows: Uint32Array.from(ids.keys()),
  labels: Uint32Array.from(labels),
  weights: new Float32Array(ids.length).fill(1 / ids.length),
};
const slot = step.gradientsOnly({ sequences, terms: [term(lm, targets)] });
const [reading] = await step.read([slot]);
const seconds = (performance.now() - begun) / 1000;
const hidden = await gpu.readFloats(step.activations.hidden, ids.length * C);
const weights = await model.weights.read();
const gradients = await step.gradients.read();
const table = weights.get(EMBEDDING)!;

// The layers see of the table only the rows that are looked up.
const distinct = [...new Set(ids)];
const small = { ...architecture, vocab_size: distinct.length };
const parameters = new Map([...weights].map(([name, values]) => [name, name === EMBEDDING ? new Float64Array(0) : Float64Array.from(values)] as const)); // prettier-ignore
parameters.set(EMBEDDING, Float64Array.from(distinct.flatMap((id) => [...table.subarray(id * C, (id + 1) * C)])));
const pass = modelForward(
  small,
  parameters,
  pack(sequences.map((sequence) => sequence.map((id) => distinct.indexOf(id)))),
);

let loss = 0;
const dlogits = ids.map((_, row) => {
  const logits = new Float64Array(V);
  const x = pass.hidden.subarray(row * C, (row + 1) * C);
  for (let v = 0; v < V; v++) {
    let sum = 0;
    for (let c = 0; c < C; c++) sum += x[c]! * table[v * C + c]!;
    logits[v] = sum;
  }
  const most = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, z) => sum + Math.exp(z - most), 0);
  loss -= (logits[labels[row]!]! - most - Math.log(total)) / ids.length;
  return logits.map((z, v) => (Math.exp(z - most) / total - (v === labels[row] ? 1 : 0)) / ids.length);
});
const dhidden = new Float64Array(ids.length * C);
dlogits.forEach((row, at) => {
  for (let v = 0; v < V; v++) for (let c = 0; c < C; c++) dhidden[at * C + c]! += row[v]! * table[v * C + c]!;
});
const expected = zeroGradients(parameters);
modelBackward(pass, dhidden, expected);

/** ‖actual − expected‖ / ‖expected‖ */
class Distance {
  private error = 0;
  private norm = 0;
  add(actual: number, wanted: number): void {
    this.error += (actual - wanted) ** 2;
    this.norm += wanted ** 2;
  }
  get relative(): number {
    return Math.sqrt(this.error / this.norm);
  }
}
const errors: Record<string, number> = {};
for (const [name, wanted] of expected) {
  const distance = new Distance();
  const actual = gradients.get(name)!;
  if (name !== EMBEDDING) wanted.forEach((value, i) => distance.add(actual[i]!, value));
  else {
    for (let v = 0; v < V; v++) {
      const place = distinct.indexOf(v);
      for (let c = 0; c < C; c++) {
        // Looked up, and as the head.
        let sum = place < 0 ? 0 : wanted[place * C + c]!;
        for (let row = 0; row < ids.length; row++) sum += dlogits[row]![v]! * pass.hidden[row * C + c]!;
        distance.add(actual[v * C + c]!, sum);
      }
    }
  }
  errors[name] = distance.relative;
}
const largest = Math.max(...Object.values(errors));
const furthest = hidden.reduce((most, value, i) => Math.max(most, Math.abs(value - pass.hidden[i]!)), 0);
const isWithin =
  largest <= MODEL_TOLERANCE.gradient &&
  Math.abs(reading!.metrics.loss - loss) <= MODEL_TOLERANCE.loss.atol + MODEL_TOLERANCE.loss.rtol * loss;
const result = {
  command: 'node scripts/bench.mjs large-vocabulary',
  commit: commitNow(),
  adapter: gpu.adapter.description,
  limits: {
    maxStorageBufferBindingSize: gpu.device.limits.maxStorageBufferBindingSize,
    maxBufferSize: gpu.device.limits.maxBufferSize,
  },
  architecture,
  table: {
    bytes: V * C * 4,
    blocks: model.weights.tensor('embed').blocks.map(({ row, rows, view }) => ({ row, rows, bytes: view.size })),
  },
  tokens: ids.length,
  seconds,
  loss: { engine: reading!.metrics.loss, f64: loss },
  largest_hidden_error: furthest,
  largest_gradient_error: largest,
  gradient_errors: errors,
  within_tolerance: isWithin,
};
writeRecord('large-vocabulary', result);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
process.exit(isWithin ? 0 : 1);
