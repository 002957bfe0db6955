/**
 * A long run on the command line: whether memory and the time of a step stay as they are once it has found its pace. All three
 * stages, evaluations, checkpoints and the files of a run, in this process; the run is left where the time is over.
 *
 *   node scripts/bench.mjs soak [MINUTES]    60 unless told; writes docs/results/soak.json from 30 on
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as v from 'valibot';
import { parseSession } from '../src/config/parse-session';
import { secondsSession } from '../src/config/seconds.test-data';
import { openGpu } from '../src/host/node/gpu';
import { RunFolder } from '../src/host/node/run-folder';
import { trainRun } from '../src/host/node/train-run';

const MINUTES = Number(process.argv[2] ?? 60);
/** Share by which memory may grow after the first minute. */
const MOST_GROWTH = 0.02;
/** Share by which a step may take more of the processor: another's work beside it costs caches too. */
const MOST_STEP_GROWTH = 0.1;
const SAMPLE_MS = 2000;
const MINUTE = 60_000;

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const session = parseSession(
  secondsSession({
    pretrain: { steps: 40 },
    sft: { steps: 60 },
    grpo: { steps: 100_000 },
    evaluation: { every: 40 },
    checkpoint: { every: 20 },
  }),
);

class Over extends Error {}

const grpoSchema = v.object({ stage: v.literal('grpo') });

interface Sample {
  ms: number;
  rss: number;
  /** What JavaScript holds, buffers included, right after a collection. */
  held: number;
  gpu: number;
  buffers: number;
  /** Steps of stage 2 that were told, and the seconds of the processor that this process took until then, without those of collections. */
  steps: number;
  cpu: number;
}

const gpu = await openGpu();
const root = mkdtempSync(join(tmpdir(), 'soak-'));
const samples: Sample[] = [];
const began = performance.now();
let told = 0;
let collecting = 0;
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const beforeWrite = (): void => {
  const ms = performance.now() - began;
  if (ms - (samples.at(-1)?.ms ?? -Infinity) >= SAMPLE_MS) {
    const cpu = cpuSeconds();
    collect();
    collecting += cpuSeconds() - cpu;
    const { rss, heapUsed, external } = process.memoryUsage();
    const { liveBytes, liveBuffers } = gpu.counters;
    samples.push({ ms, rss, held: heapUsed + external, gpu: liveBytes, buffers: liveBuffers, steps: told, cpu: cpuSeconds() - collecting }); // prettier-ignore
  }
  if (ms > MINUTES * MINUTE) throw new Over();
};
const { folder, state } = RunFolder.open(join(root, 'run'), session, false, { beforeWrite });
const append = folder.append.bind(folder);
folder.append = (journal, lines) => {
  append(journal, lines);
  if (journal === 'metrics.jsonl') told += lines.filter((line) => v.is(grpoSchema, line)).length;
};
await trainRun(gpu, { session, data: new Map(), folder, state }).catch((error: unknown) => {
  if (!(error instanceof Over)) throw error;
});
const left = gpu.counters.liveBuffers;
gpu.destroy();

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
const lineSchema = v.object({ step: v.number(), stage: v.string(), 'time/step': v.number() });
const steps = readFileSync(join(folder.path, 'metrics.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => v.parse(lineSchema, JSON.parse(line)))
  .filter(({ stage }) => stage === 'grpo')
  .map((line) => line['time/step'] * 1000);
rmSync(root, { recursive: true });

const total = samples.at(-1)?.ms ?? 0;
/** The second minute, or the second quarter of a shorter run; later where stage 2 begins later. */
const settled = Math.max(Math.min(MINUTE, total / 4), samples.find(({ steps }) => steps > 0)?.ms ?? Infinity);
const early = samples.filter(({ ms }) => ms >= settled && ms < settled + Math.min(MINUTE, total / 4));
const late = samples.filter(({ ms }) => ms >= total * 0.75);

/** Growth of a quantity from the second minute to the last quarter. */
const growth = (read: (sample: Sample) => number): number => median(late.map(read)) / median(early.map(read)) - 1;

/** Seconds of the processor that a step of stage 2 takes, evaluations and checkpoints among them, between two times. */
function cpuOfAStep(from: number, to: number): number {
  const within = samples.filter(({ ms, steps }) => steps > 0 && ms >= from && ms <= to);
  const [first, last] = [within[0], within.at(-1)];
  return first && last ? (last.cpu - first.cpu) / (last.steps - first.steps) : NaN;
}
/** What JavaScript holds more, as a share of all memory: a run keeps its chain of fingerprints, a hundred bytes a step. */
function grownHeld(): number {
  const held = (samples.at(-1)?.held ?? 0) / (1 + growth((sample) => sample.held));
  return ((samples.at(-1)?.held ?? 0) - held) / (samples.at(-1)?.rss ?? 1);
}
const quarter = Math.floor(steps.length / 4);
const round = (value: number): number => Math.round(value * 1e4) / 1e4;
const result = {
  command: `node scripts/bench.mjs soak ${MINUTES}`,
  commit,
  minutes: round((samples.at(-1)?.ms ?? 0) / MINUTE),
  stage2_steps: steps.length,
  megabytes: { rss: Math.round((samples.at(-1)?.rss ?? 0) / 1e6), held: Math.round((samples.at(-1)?.held ?? 0) / 1e6) },
  /** Resident and held megabytes at the end of each tenth of the run. */
  series: Array.from({ length: 10 }, (_, i) => {
    const at = samples[Math.floor(((i + 1) * (samples.length - 1)) / 10)]!;
    return [at.rss, at.held].map((bytes) => Math.round(bytes / 1e5) / 10);
  }),
  growth: {
    rss: round(growth(({ rss }) => rss)),
    held: round(grownHeld()),
    gpu: round(growth((sample) => sample.gpu)),
    buffers: round(growth(({ buffers }) => buffers)),
  },
  step_ms: {
    second_quarter: round(median(steps.slice(quarter, 2 * quarter))),
    last_quarter: round(median(steps.slice(-quarter))),
  },
  /** Wall clock says little on a machine that does other things; the processor's seconds say whether a step becomes dearer. */
  step_cpu_ms: {
    first_quarter: round(1000 * cpuOfAStep(settled, settled + total / 4)),
    last_quarter: round(1000 * cpuOfAStep(total * 0.75, total)),
    tenths: Array.from({ length: 10 }, (_, i) => round(1000 * cpuOfAStep((i * total) / 10, ((i + 1) * total) / 10))),
  },
  buffers_left_at_the_end: left,
};
const growthOfAStep = result.step_cpu_ms.last_quarter / result.step_cpu_ms.first_quarter - 1;
if (MINUTES >= 30) writeFileSync('docs/results/soak.json', `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result)}\n`);
const isFlat =
  Object.values(result.growth).every((share) => share < MOST_GROWTH) && growthOfAStep < MOST_STEP_GROWTH && left === 0;
process.exit(isFlat ? 0 : 1);
