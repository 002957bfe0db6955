/**
 * What the rank while thinking costs: a completion of 32 tokens against 6,144 documents, as the page asks for it; and a step of
 * kin-rl's stage 2 that records it, beside steps that do not. The two are taken in turn, so that a busy machine slows both.
 *
 *   node scripts/bench.mjs rank-while-thinking    writes docs/results/rank-while-thinking.json
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseSession } from '../src/config/parse-session';
import { presetSession } from '../src/config/presets';
import type { Session } from '../src/config/session';
import type { Gpu } from '../src/gpu/gpu';
import { openGpu } from '../src/host/node/gpu';
import type { StepMetrics } from '../src/records/records';
import { SessionRun } from '../src/training/session-run';

const TOKENS = 32;
const ASKED = 5;
const STEPS = 8;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
const nobody = () => undefined;
const QUIET = { evaluation: nobody, traces: nobody, graph: nobody, checkpoint: () => Promise.resolve() };

/** Milliseconds from the question to ranks, rewards and the nearest documents; documents are encoded already. */
async function onDemand(gpu: Gpu): Promise<{ documents: number; milliseconds: number; encoding: number }> {
  const session = parseSession({ task: { topics: 96 } });
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

/** Milliseconds of stage 2's steps with a record and without. */
async function training(gpu: Gpu): Promise<{ without: number; with: number; completions: number }> {
  const preset = presetSession('kin-rl')!;
  const session: Session = {
    ...preset,
    pretrain: { ...preset.pretrain, steps: 0 },
    sft: { ...preset.sft, steps: 0 },
    grpo: { ...preset.grpo, steps: STEPS + 2, gate: false },
    environment: { ...preset.environment, audit_every: 0, rank_every: 2 },
    evaluation: { ...preset.evaluation, every: 0 },
    checkpoint: { every: 0 },
  };
  const lines: StepMetrics[] = [];
  const run = new SessionRun(gpu, session, { ...QUIET, metrics: (steps) => lines.push(...steps) });
  // The first two record the programs. The end of the run would evaluate.
  while (run.step < STEPS + 1) await run.advance(1);
  const times = (parity: number): number[] =>
    lines.filter(({ step }) => step > 2 && step % 2 === parity).map((line) => Number(line['time/step']) * 1000);
  run.destroy();
  return {
    without: median(times(1)),
    with: median(times(0)),
    completions: session.grpo.batch_size * session.grpo.num_generations,
  };
}

const gpu = await openGpu();
const asked = await onDemand(gpu);
const step = await training(gpu);
const every = presetSession('kin-rl')!.environment.rank_every;
const { vendor, architecture, description } = gpu.adapter;
gpu.destroy();
const result = {
  command: 'node scripts/bench.mjs rank-while-thinking',
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  date: new Date().toISOString().slice(0, 10),
  adapter: [vendor, architecture, description].filter(Boolean).join(' '),
  on_demand: {
    tokens: TOKENS,
    documents: asked.documents,
    median_ms: asked.milliseconds,
    encoding_documents_ms: asked.encoding,
  },
  step: {
    completions: step.completions,
    median_ms_without: step.without,
    median_ms_with: step.with,
    rank_every: every,
    share_of_training: (step.with - step.without) / (step.without * every),
  },
};
mkdirSync('docs/results', { recursive: true });
writeFileSync('docs/results/rank-while-thinking.json', `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
