/**
 * Checks in a long run on the command line that memory and the time of a step stay constant after the start. All three
 * stages, evaluations, checkpoints and the files of a run, in this process; the run is left where the time is over.
 *
 *   node scripts/bench.mjs soak [MINUTES]    60 unless told; writes docs/results/soak.json from 30 on
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as v from 'valibot';
import { openGpu } from '../src/host/node/gpu';
import { RunFolder } from '../src/host/node/run-folder';
import { trainRun } from '../src/host/node/train-run';
import { MINUTE, MOST_GROWTH, MOST_STEP_GROWTH, round, Soaked, soakSession as session, type Sampled } from './driven/soaked'; // prettier-ignore
import { commitNow, writeRecord } from './record';
import { isSmall } from './small';
import { writeSoaks } from './soak-table';

const MINUTES = Number(process.argv[2] ?? 60);
const SAMPLE_MS = 2000;

const commit = commitNow();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

class Over extends Error {}

const grpoSchema = v.object({ stage: v.literal('grpo') });

interface Sample extends Sampled {
  rss: number;
  /** Bytes that JavaScript holds, buffers included, right after a garbage collection. */
  held: number;
  gpu: number;
  buffers: number;
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

rmSync(root, { recursive: true });

const soaked = new Soaked(samples);
/** Growth of what JavaScript holds, as a share of all memory: a run keeps its fingerprint, a hundred bytes a step. */
function grownHeld(): number {
  const held = (samples.at(-1)?.held ?? 0) / (1 + soaked.growth(({ held }) => held));
  return ((samples.at(-1)?.held ?? 0) - held) / (samples.at(-1)?.rss ?? 1);
}
const result = {
  command: `node scripts/bench.mjs soak ${MINUTES}`,
  commit,
  minutes: Math.round(soaked.total / 600) / 100,
  stage2_steps: told,
  megabytes: { rss: Math.round((samples.at(-1)?.rss ?? 0) / 1e6), held: Math.round((samples.at(-1)?.held ?? 0) / 1e6) },
  /** Megabytes at the end of each tenth of the time. */
  series: {
    rss: soaked.series(({ rss }) => rss),
    held: soaked.series(({ held }) => held),
    buffers: soaked.series(({ gpu }) => gpu),
  },
  growth: {
    rss: soaked.growth(({ rss }) => rss),
    held: round(grownHeld()),
    gpu: soaked.growth(({ gpu }) => gpu),
    buffers: soaked.growth(({ buffers }) => buffers),
  },
  /** Wall clock says little on a machine that does other things; the processor's seconds say whether a step becomes dearer. */
  step_cpu_ms: soaked.stepCpu(),
  buffers_left_at_the_end: left,
};
const growthOfAStep = result.step_cpu_ms.last_quarter / result.step_cpu_ms.first_quarter - 1;
if (MINUTES >= 30) {
  writeRecord('soak', result);
  writeSoaks();
}
process.stdout.write(`${JSON.stringify(result)}\n`);
const isFlat = Object.values(result.growth).every((share) => share < MOST_GROWTH) && growthOfAStep < MOST_STEP_GROWTH;
// Its first minutes say nothing of the rest.
process.exit((isFlat || isSmall) && left === 0 ? 0 : 1);
