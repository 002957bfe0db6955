/**
 * Stage 1 and three updates of stage 2 on SmolLM2-135M-Instruct by LoRA, from its GGUF file (`npm run models`): once in
 * one go, once interrupted in each stage and continued, each time in a new process. Both must end with the same
 * fingerprint.
 *
 *   node scripts/bench.mjs real-run     writes docs/results/real-run.json and docs/real-models.md
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { intoDocument } from './into-document';
import { adapterName } from './long-runs';
import { MODEL } from './lora-step';
import { git, writeRecord } from './record';

const SFT = 14;
const UPDATES = 3;
const SESSION = {
  seed: 3,
  task: { entities: 8, relations: 3, topics: 3, max_depth: 2, traces_per_depth: 20 },
  model: { adapter: { rank: 16, alpha: 32 }, dtype: 'stored', activations: 'recompute', max_position_embeddings: 96 },
  sft: { steps: SFT, batch_size: 4, topics_per_batch: 2, mode: 'both', replay_weight: 0, weight_kl: 0.1, learning_rate: 0.002, warmup_steps: 2 },
  grpo: { steps: UPDATES, batch_size: 2, num_generations: 3, max_completion_length: 24, depth_weights: [1, 1], replay_weight: 0, gate: false },
  evaluation: { every: 0, queries_per_depth: 2, final_queries_per_depth: 2, bootstrap: 20 },
  checkpoint: { every: 0 },
}; // prettier-ignore
/** The steps at which it is interrupted: in stage 1, between the stages, in stage 2. */
const INTERRUPTIONS = [5, SFT, SFT + 2];

const folder = mkdtempSync(join(tmpdir(), 'real-run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const session = join(folder, 'session.json');
writeFileSync(session, JSON.stringify(SESSION));

function run(out: string, stop: number | null): void {
  const args = ['scripts/lab.mjs', 'run', session, '--base', MODEL, '--out', out, '--resume'];
  if (stop !== null) args.push('--stop-after-step', String(stop));
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`the run into ${out} ended with ${status}`);
}

const fingerprintOf = (out: string): string =>
  v.parse(v.object({ fingerprint: v.string() }), JSON.parse(readFileSync(join(out, 'fingerprint.json'), 'utf8'))).fingerprint; // prettier-ignore
const lineSchema = v.looseObject({ step: v.number(), stage: v.string(), loss: v.number(), 'time/step': v.number() });

const begun = performance.now();
const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
run(whole, null);
const seconds = (performance.now() - begun) / 1e3;
for (const stop of [...INTERRUPTIONS, null]) run(parts, stop);
const [expected, found] = [fingerprintOf(whole), fingerprintOf(parts)];
const lines = readFileSync(join(whole, 'metrics.jsonl'), 'utf8').trim().split('\n');
const steps = lines.flatMap((line) => {
  const parsed = v.safeParse(lineSchema, JSON.parse(line));
  return parsed.success ? [parsed.output] : [];
});
const result = {
  adapter: adapterName(),
  commit: git('describe', '--always', '--dirty=+', '--abbrev=12'),
  seconds: Math.round(seconds),
  fingerprint: expected,
  interrupted: found,
  steps,
};
writeRecord('real-run', result);
console.log(JSON.stringify(result, null, 2));
if (expected !== found)
  throw new Error(`interrupted after ${INTERRUPTIONS.join(', ')}: ${found}, expected ${expected}`);
const losses = (stage: string): string =>
  steps.filter((step) => step.stage === stage).map(({ loss }) => loss.toFixed(3)).join(', '); // prettier-ignore
await intoDocument('docs/real-models.md', 'real-run', [
  `SmolLM2-135M-Instruct from its GGUF file, rank 16 on all projections: ${SFT} steps of stage 1 (losses ${losses('sft')}) and ${UPDATES} updates of stage 2 (losses ${losses('grpo')}) in ${result.seconds} s on ${result.adapter}. Interrupted after steps ${INTERRUPTIONS.join(', ')} and gone on with in a new process each time, it ends with the same fingerprint, \`${expected.slice(0, 12)}\`. \`node scripts/bench.mjs real-run\` at ${result.commit}; its figures are in [results/real-run.json](results/real-run.json).`,
]);
process.exit(0);
