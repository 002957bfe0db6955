/**
 * Compares a LoRA step of SmolLM2-135M-Instruct with that of torch and peft on the same cores, turn by turn: forward,
 * backward, clipping and AdamW, rank 16 on all seven projections, activations computed again. Ours reads the packed
 * Q4_1 weights of the GGUF file, torch the same values in f32; both begin with the same adapter and learn the same
 * tokens, so their losses must agree. Needs `npm run models` and the Python of `npm run test:python` (or LAB_PYTHON).
 *
 *   node scripts/bench.mjs lora-beside-torch [ROUNDS]     writes docs/results/lora-beside-torch.json and docs/performance.md
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { writePeft } from '../src/formats/peft-writer';
import { openGpu } from '../src/host/node/gpu';
import { intoDocument } from './into-document';
import { median } from './long-runs';
import { LORA, makeLoraStep, MODEL } from './lora-step';
import { git, writeRecord } from './record';

const RATE = 5e-4;
/** Losses are means of 504 tokens in f32 on both sides. */
const AGREE = 2e-3;
const rounds = Number(process.argv[2] ?? 5);

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

interface Turn {
  seconds: number;
  cpu: number;
  loss: number;
}
const turnSchema = v.object({ seconds: v.number(), cpu: v.number(), loss: v.number() });

const folder = mkdtempSync(join(tmpdir(), 'lora-step-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
execFileSync(process.execPath, ['scripts/lab.mjs', 'export', MODEL, '--to', 'hf', '--dtype', 'f32', '--out', join(folder, 'base')], { stdio: ['ignore', 'ignore', 'inherit'] }); // prettier-ignore

const gpu = await openGpu();
const { model, step, batch } = await makeLoraStep(gpu);
const peak = gpu.counters.liveBytes;
const files = writePeft({ settings: LORA, tensors: await model.weights.read('trained') }, model.architecture, {
  name: join(folder, 'base'),
  revision: null,
});
execFileSync('mkdir', ['-p', join(folder, 'adapter')]);
for (const [name, bytes] of files) writeFileSync(join(folder, 'adapter', name), bytes);

let t = 0;
async function ours(): Promise<Turn> {
  t += 1;
  const [begun, cpu] = [performance.now(), cpuSeconds()];
  const [read] = await step.read([step.run(batch, RATE, t)]);
  return { seconds: (performance.now() - begun) / 1e3, cpu: cpuSeconds() - cpu, loss: read!.metrics.loss };
}

writeFileSync(
  join(folder, 'batch.json'),
  JSON.stringify({ sequences: batch.sequences, lr: RATE, recompute: true, threads: availableParallelism() }),
);
const python = process.env['LAB_PYTHON'] ?? '.python/bin/python';
const child = spawn(
  python,
  ['bench/lora_step.py', join(folder, 'base'), join(folder, 'adapter'), join(folder, 'batch.json')],
  {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, HF_HUB_OFFLINE: '1' },
  },
);
const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
const line = async (): Promise<unknown> => {
  const next = await lines.next();
  if (next.done === true) throw new Error('lora_step.py ended early');
  return JSON.parse(next.value);
};
const about = v.parse(v.object({ torch: v.string(), trained: v.number() }), await line());
async function theirs(): Promise<Turn> {
  child.stdin.write('step\n');
  return v.parse(turnSchema, await line());
}

const turns: { ours: Turn; theirs: Turn }[] = [];
for (let round = 0; round <= rounds; round++) {
  const turn = { ours: await ours(), theirs: await theirs() };
  console.error(JSON.stringify(turn));
  const apart = Math.abs(turn.ours.loss - turn.theirs.loss);
  if (!(apart <= AGREE)) throw new Error(`step ${t}: losses ${apart} apart, expected at most ${AGREE}`);
  // The first compiles.
  if (round > 0) turns.push(turn);
}
child.stdin.end();

const of = (side: 'ours' | 'theirs', what: 'seconds' | 'cpu') => median(turns.map((turn) => turn[side][what]));
const ratio = (what: 'seconds' | 'cpu') => median(turns.map((turn) => turn.ours[what] / turn.theirs[what]));
const result = {
  adapter: gpu.adapter.description,
  torch: about.torch,
  cores: availableParallelism(),
  load: loadavg(),
  commit: git('describe', '--always', '--dirty=+', '--abbrev=12'),
  rounds,
  trained: about.trained,
  megabytes_on_gpu: Math.round(peak / 1e6),
  seconds: { ours: of('ours', 'seconds'), torch: of('theirs', 'seconds'), ratio: ratio('seconds') },
  cpu: { ours: of('ours', 'cpu'), torch: of('theirs', 'cpu'), ratio: ratio('cpu') },
  loss: turns.at(-1),
};
writeRecord('lora-beside-torch', result);
console.log(JSON.stringify(result, null, 2));
await intoDocument('docs/performance.md', 'lora-beside-torch', [
  `\`node scripts/bench.mjs lora-beside-torch\` at ${result.commit}, on ${result.adapter}, ${result.cores} cores, load ${result.load.map((x) => x.toFixed(1)).join(', ')} at the end; medians of ${rounds} turns after a first. Losses agree within ${AGREE} in every step.`,
  '',
  '|  | ours | torch | ours / torch |',
  '| --- | --- | --- | --- |',
  ...(['seconds', 'cpu'] as const).map((what) => `| a step, ${what === 'cpu' ? 'seconds of CPU time' : 'seconds by the clock'} | ${result[what].ours.toFixed(2)} | ${result[what].torch.toFixed(2)} | ${result[what].ratio.toFixed(2)} |`), // prettier-ignore
]);
process.exit(0);
