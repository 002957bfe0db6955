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
const SAMPLE_MS = 2000;
const MINUTE = 60_000;

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

interface Sample {
  ms: number;
  rss: number;
  /** What JavaScript holds, buffers included, right after a collection. */
  held: number;
  gpu: number;
  buffers: number;
}

const gpu = await openGpu();
const root = mkdtempSync(join(tmpdir(), 'soak-'));
const samples: Sample[] = [];
const began = performance.now();
const beforeWrite = (): void => {
  const ms = performance.now() - began;
  if (ms - (samples.at(-1)?.ms ?? -Infinity) >= SAMPLE_MS) {
    collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    const { liveBytes, liveBuffers } = gpu.counters;
    samples.push({ ms, rss, held: heapUsed + external, gpu: liveBytes, buffers: liveBuffers });
  }
  if (ms > MINUTES * MINUTE) throw new Over();
};
const { folder, state } = RunFolder.open(join(root, 'run'), session, false, { beforeWrite });
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

/** Growth of a quantity from the second minute, or the second quarter of a shorter run, to the last quarter. */
function growth(read: (sample: Sample) => number): number {
  const total = samples.at(-1)?.ms ?? 0;
  const settled = Math.min(MINUTE, total / 4);
  const first = samples.filter(({ ms }) => ms >= settled && ms < settled + Math.min(MINUTE, total / 4));
  const last = samples.filter(({ ms }) => ms >= total * 0.75);
  return median(last.map(read)) / median(first.map(read)) - 1;
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
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
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
  buffers_left_at_the_end: left,
};
if (MINUTES >= 30) writeFileSync('docs/results/soak.json', `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result)}\n`);
const isFlat = Object.values(result.growth).every((share) => share < MOST_GROWTH) && left === 0;
process.exit(isFlat ? 0 : 1);
