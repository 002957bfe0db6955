// Which dispatches of our training step cost most: records the step, then times each distinct dispatch on its own.
// `npm run bench -- profile-step [small|big] [STEPS]`; LAB_ADAPTER chooses the adapter. CPU time of the adapter's threads where
// the adapter is this machine's CPU (a busy machine changes it little), wall time on hardware.
import { Recorder } from '../src/gpu/recorder';
import type { Gpu } from '../src/gpu/gpu';
import { openGpu } from '../src/host/node/gpu';
import { measure } from './adapter-time';
import { makeStep } from './training-step/ours';
import { ADAMW, SIZES } from './training-step/sizes';

type DispatchArguments = Parameters<Recorder['dispatch']>;

const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** CPU milliseconds that `gpu.kernel` takes per label from here on: adapters that compile when a pipeline is made. */
function clockPipelines(gpu: Gpu): Map<string, number> {
  const spent = new Map<string, number>();
  const make = gpu.kernel.bind(gpu);
  gpu.kernel = (label, ...rest) => {
    const start = cpuMilliseconds();
    const kernel = make(label, ...rest);
    spent.set(label, (spent.get(label) ?? 0) + cpuMilliseconds() - start);
    return kernel;
  };
  return spent;
}

/** Notes every dispatch that `body` records. */
async function recorded(body: () => Promise<unknown>): Promise<DispatchArguments[]> {
  const dispatches: DispatchArguments[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const original = Recorder.prototype.dispatch;
  Recorder.prototype.dispatch = function (this: Recorder, ...args: DispatchArguments): void {
    dispatches.push(args);
    original.apply(this, args);
  };
  await body();
  Recorder.prototype.dispatch = original;
  return dispatches;
}

/** Median milliseconds of one run of `dispatch`, each sample long enough to be measured. */
async function time(gpu: Gpu, dispatch: DispatchArguments): Promise<number> {
  const recorder = new Recorder(gpu, dispatch[0].label);
  recorder.dispatch(...dispatch);
  const program = await recorder.finish();
  const first = await measure(gpu, () => program.run());
  const times = Math.max(1, Math.min(50, Math.round(30 / Math.max(first, 0.1))));
  const samples: number[] = [];
  for (let i = 0; i < 3; i++) samples.push((await measure(gpu, () => program.run(times))) / times);
  program.destroy();
  return samples.sort((a, b) => a - b)[1]!;
}

interface Line {
  kernel: string;
  uniforms: string;
  dispatches: number;
  each_ms: number;
  total_ms: number;
}

const [sizeName = 'small', steps = '3'] = process.argv.slice(2);
const size = SIZES.find(({ name }) => name === sizeName);
if (!size) {
  process.stderr.write(`profile-step: no size ${sizeName}, expected small or big\n`);
  process.exit(2);
}
const gpu = await openGpu();
const compiling = clockPipelines(gpu);
const unused = await recorded(() => makeStep(gpu, size));
// Without a batch every kernel returns at once: adapters that compile at the first dispatch do nothing else here.
for (const dispatch of new Map(unused.map((entry) => [entry[0], entry])).values()) {
  const begin = cpuMilliseconds();
  const recorder = new Recorder(gpu, 'compile');
  recorder.dispatch(...dispatch);
  const program = await recorder.finish();
  program.run();
  await gpu.idle();
  program.destroy();
  const { label } = dispatch[0];
  compiling.set(label, (compiling.get(label) ?? 0) + cpuMilliseconds() - begin);
}
let made: Awaited<ReturnType<typeof makeStep>> | undefined;
const dispatches = await recorded(async () => {
  made = await makeStep(gpu, size);
});
const { step, batch } = made!;
const slots = [step.run(batch, ADAMW.learning_rate, 1)];
await gpu.idle();
const whole: number[] = [];
for (let t = 2; t < 2 + Number(steps); t++) {
  whole.push(await measure(gpu, () => void slots.push(step.run(batch, ADAMW.learning_rate, t))));
}
const losses = (await step.read(slots.slice(-8))).map(({ metrics }) => metrics.loss);

const groups = new Map<string, { dispatch: DispatchArguments; count: number }>();
for (const dispatch of dispatches) {
  const [kernel, words, , grid] = dispatch;
  const key = `${kernel.label} ${JSON.stringify(words)} ${grid.join('×')}`;
  const group = groups.get(key);
  if (group) group.count++;
  else groups.set(key, { dispatch, count: 1 });
}
const lines: Line[] = [];
for (const { dispatch, count } of groups.values()) {
  const each_ms = await time(gpu, dispatch);
  const [kernel, words] = dispatch;
  const uniforms = words.map((word) => (typeof word === 'number' ? word : word.f32.toPrecision(3))).join(' ');
  lines.push({ kernel: kernel.label, uniforms, dispatches: count, each_ms, total_ms: each_ms * count });
}
const totals = new Map<string, number>();
for (const { kernel, total_ms } of lines) totals.set(kernel, (totals.get(kernel) ?? 0) + total_ms);
const sum = [...totals.values()].reduce((a, b) => a + b, 0);
const round = (value: number): number => Math.round(value * 100) / 100;
const byValue = (values: Map<string, number>): Record<string, number> =>
  Object.fromEntries([...values].sort((a, b) => b[1] - a[1]).map(([name, ms]) => [name, round(ms)]));
process.stdout.write(
  `${JSON.stringify(
    {
      adapter: gpu.adapter,
      size: size.name,
      clock: gpu.adapter.software ? 'CPU time of the adapter' : 'wall',
      compile_ms: byValue(compiling),
      step_ms: round(whole.sort((a, b) => a - b)[whole.length >> 1]!),
      losses,
      sum_ms: round(sum),
      kernels: byValue(totals),
      lines: lines
        .sort((a, b) => b.total_ms - a.total_ms)
        .map(
          ({ kernel, uniforms, dispatches: n, each_ms, total_ms }) =>
            `${round(total_ms)} ms: ${n} × ${round(each_ms)} ${kernel} (${uniforms})`,
        ),
    },
    null,
    2,
  )}\n`,
);
// The native device ends with the process.
process.exit(0);
