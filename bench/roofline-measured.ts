/**
 * Compares the roofline with the one kind of device that was at hand, a CPU under Mesa's lavapipe: the time of each
 * kernel of a step, by the adapter's clock, beside its bound.
 *
 *   node scripts/bench.mjs roofline-measured    writes its part of docs/roofline.md
 */
import { availableParallelism, loadavg } from 'node:os';
import type { DeviceFigures } from '../src/gpu/devices';
import { Profiler, type Timed } from '../src/gpu/profiler';
import { boundOf } from '../src/gpu/roofline';
import { openGpu } from '../src/host/node/gpu';
import { intoDocument } from './into-document';
import { adapterName, median } from './long-runs';
import { git } from './record';
import { isSmall } from './small';
import { makeStep } from './training-step/ours';
import { ADAMW, SIZES } from './training-step/sizes';

const STEPS = isSmall ? 1 : 5;
/** The least share of a step's time that a kernel must take to be listed. */
const LEAST_SHARE = 0.01;
/**
 * Peak of both cores together: 16 multiply-adds of 8 lanes per clock and core, measured by an FMA loop as 215 to 229.
 */
const PEAK_GFLOPS = 220;

/** Measures how many 10⁹ bytes a second one core copies, read and written, the best of several. */
function copyRate(): number {
  const [from, to] = [new Float32Array(16 << 20).fill(1), new Float32Array(16 << 20)];
  const rates = Array.from({ length: 8 }, () => {
    const start = performance.now();
    to.set(from);
    return (2 * from.byteLength) / (performance.now() - start) / 1e6;
  });
  return Math.max(...rates);
}

const gigabytes = copyRate();
const cores = availableParallelism();
const device: DeviceFigures = {
  name: 'this CPU',
  vendor: 'mesa',
  cores,
  lanes: 16,
  gigahertz: PEAK_GFLOPS / (2 * cores * 16),
  gigabytes,
  coreBytes: gigabytes,
  sharedBytes: 64,
  launch: 20,
  sources: [],
};

const gpu = await openGpu();
const { step, batch } = await makeStep(
  gpu,
  SIZES.find(({ name }) => name === 'small')!,
);
let t = 0;
for (let i = 0; i < 2; i++) step.run(batch, ADAMW.learning_rate, ++t);
await gpu.idle();
const profiler = new Profiler(gpu);
gpu.profiler = profiler;
const runs: Timed[][] = [];
for (let i = 0; i < STEPS; i++) {
  step.run(batch, ADAMW.learning_rate, ++t);
  runs.push(await profiler.take());
}
if (runs[0]!.some(({ microseconds }) => microseconds === null)) throw new Error('this adapter has no clock');
const kernels = new Map<string, { measured: number; bound: number; dispatches: number }>();
runs[0]!.forEach((dispatch, i) => {
  const sum = kernels.get(dispatch.kernel) ?? { measured: 0, bound: 0, dispatches: 0 };
  // Others use the machine: the median of the steps.
  sum.measured += median(runs.map((run) => run[i]!.microseconds!));
  sum.bound += boundOf(device, dispatch).total;
  sum.dispatches++;
  kernels.set(dispatch.kernel, sum);
});
const all = [...kernels].sort((a, b) => b[1].measured - a[1].measured);
const total = all.reduce((sum, [, { measured }]) => sum + measured, 0);
const bound = all.reduce((sum, [, { bound: own }]) => sum + own, 0);
const commit = git('rev-parse', '--short=12', 'HEAD');
const milliseconds = (us: number): string => (us / 1000).toFixed(us < 1e4 ? 2 : 0);
const row = (name: string, count: number, measured: number, of: number): string =>
  `| ${[name, count, milliseconds(measured), milliseconds(of), `${(measured / of).toFixed(1)}×`].join(' | ')} |`;
await intoDocument('docs/roofline.md', 'measured', [
  `\`node scripts/bench.mjs roofline-measured\` at ${commit}, on ${adapterName()}, load ${loadavg()[0]!.toFixed(1)} on ${cores} cores; the median of ${STEPS} steps of 4 layers of 128 channels on 1,024 tokens. The bound is by ${PEAK_GFLOPS} GFLOP/s of both cores, ${gigabytes.toFixed(1)} GB/s as one core copies, and 20 µs a dispatch.`,
  '',
  '| kernel | dispatches | measured, ms | bound, ms | measured / bound |',
  '| --- | --- | --- | --- | --- |',
  ...all
    .filter(([, { measured }]) => measured > LEAST_SHARE * total)
    .map(([name, { measured, bound: own, dispatches }]) => row(name, dispatches, measured, own)),
  row('all', runs[0]!.length, total, bound),
]);
// The native device ends with the process.
process.exit(0);
