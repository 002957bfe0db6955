/**
 * Measures what the rank while thinking costs: a completion of 32 tokens against 6,144 documents, as the page asks for
 * it; and a step of kin-rl's stage 2 that records it. The record's share of its own step is told too, because a busy
 * machine slows both.
 *
 *   node scripts/bench.mjs rank-while-thinking CHECKPOINT    writes docs/results/rank-while-thinking.json
 *
 * CHECKPOINT is the folder that a run of stage 1 of kin left (bench/kin.ts): what is followed then is what such a model
 * writes.
 */
import { parseSession } from '../src/config/parse-session';
import { presetSession } from '../src/config/presets';
import type { Session } from '../src/config/session';
import type { Gpu } from '../src/gpu/gpu';
import { loadCheckpoint } from '../src/host/node/checkpoint';
import { openGpu } from '../src/host/node/gpu';
import type { StepMetrics } from '../src/records/records';
import { SessionRun } from '../src/training/session-run';
import { median, runMissing } from './long-runs';
import { commitNow, today, writeRecord } from './record';
import { isSmall } from './small';

const TOKENS = 32;
const ASKED = 3;
const STEPS = isSmall ? 1 : 3;

const nobody = () => undefined;
const QUIET = { evaluation: nobody, traces: nobody, graph: nobody, checkpoint: () => Promise.resolve() };

/** Milliseconds from the question to ranks, rewards and the nearest documents; documents are encoded already. */
async function onDemand(gpu: Gpu): Promise<{ documents: number; milliseconds: number; encoding: number }> {
  const session = parseSession({ task: { topics: isSmall ? 8 : 96 } });
  const run = new SessionRun(gpu, session, { ...QUIET, metrics: nobody });
  const { task, tokens } = run;
  const query = task.heldOut('dev', 1).at(-1)!;
  const words = tokens.encode(query.trace);
  const ids = Array.from({ length: TOKENS }, (_, i) => words[i % words.length]!);
  const thought = { prompt: tokens.prompt(query.text, 'think'), ids, relevant: query.relevant };
  const started = performance.now();
  await run.search.refresh();
  await gpu.idle();
  const encoding = performance.now() - started;
  const times: number[] = [];
  for (let i = 0; i <= ASKED; i++) {
    const asked = performance.now();
    const [found] = await run.search.follow([thought], { k: 10, listed: true });
    times.push(performance.now() - asked);
    if (found!.ranks.length !== TOKENS + 1 || found!.nearest.length !== TOKENS + 1)
      throw new Error('not all was followed');
  }
  run.destroy();
  // The first one compiles and records.
  return { documents: task.documents.length, milliseconds: median(times.slice(1)), encoding };
}

/** Times the steps of stage 2 that record it: milliseconds of a step, and those that the record took. */
async function training(gpu: Gpu, checkpoint: string): Promise<{ step: number; record: number; completions: number }> {
  const preset = presetSession('kin-rl')!;
  const session: Session = {
    ...preset,
    pretrain: { ...preset.pretrain, steps: 0 },
    sft: { ...preset.sft, steps: 0 },
    grpo: { ...preset.grpo, steps: STEPS + 3, gate: false },
    environment: { ...preset.environment, audit_every: 0, rank_every: 1 },
    evaluation: { ...preset.evaluation, every: 0 },
    checkpoint: { every: 0 },
  };
  const lines: StepMetrics[] = [];
  const run = new SessionRun(gpu, session, { ...QUIET, metrics: (steps) => lines.push(...steps) });
  const { weights } = await loadCheckpoint(checkpoint);
  await run.model.weights.stream(weights);
  // The first two record the programs. The end of the run would evaluate.
  while (run.step < STEPS + 2) await run.advance(1);
  const parts = ['time/rollout', 'time/refresh', 'time/thinking', 'time/step'];
  const times = (names: readonly string[]): number[] =>
    lines.slice(2).map((line) => names.reduce((sum, name) => sum + Number(line[name]), 0) * 1000);
  run.destroy();
  const { batch_size, num_generations } = session.grpo;
  return {
    step: median(times(parts)),
    record: median(times(['time/thinking'])),
    completions: batch_size * num_generations,
  };
}

if (isSmall) runMissing([{ name: 'kin-rl', session: 'kin-rl', set: [] }]);
const [checkpoint = isSmall ? 'runs/kin-rl/checkpoint' : undefined] = process.argv.slice(2);
if (checkpoint === undefined) throw new Error('no CHECKPOINT, expected the folder of one');
const gpu = await openGpu();
const asked = await onDemand(gpu);
const step = await training(gpu, checkpoint);
const every = presetSession('kin-rl')!.environment.rank_every;
const { vendor, architecture, description } = gpu.adapter;
gpu.destroy();
const result = {
  command: 'node scripts/bench.mjs rank-while-thinking CHECKPOINT',
  commit: commitNow(),
  date: today(),
  adapter: [vendor, architecture, description].filter(Boolean).join(' '),
  on_demand: {
    tokens: TOKENS,
    documents: asked.documents,
    median_ms: asked.milliseconds,
    encoding_documents_ms: asked.encoding,
  },
  step: {
    completions: step.completions,
    median_ms: step.step,
    record_median_ms: step.record,
    rank_every: every,
    // The other steps are so much shorter.
    share_of_training: step.record / ((step.step - step.record) * every + step.record),
  },
};
writeRecord('rank-while-thinking', result);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
