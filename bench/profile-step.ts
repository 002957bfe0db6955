// Shows which dispatches of our training step cost most: records the step, then times each distinct dispatch on its own.
// `npm run bench -- profile-step [small|big|lora] [STEPS]`, lora: SmolLM2 by LoRA (`npm run models`); LAB_ADAPTER chooses the
// adapter. CPU time of the adapter's threads where the adapter is this machine's CPU (a busy machine changes it little), wall
// time on hardware.
import { Recorder } from '../src/gpu/recorder';
import type { Gpu } from '../src/gpu/gpu';
import { openGpu } from '../src/host/node/gpu';
import { measure } from './adapter-time';
import { makeLoraStep } from './lora-step';
import { makeStep } from './training-step/ours';
import { ADAMW, SIZES } from './training-step/sizes';

/** A call that was recorded, and how to record it again. */
interface Recorded {
  kernel: string;
  uniforms: unknown;
  groups: readonly number[];
  again: (recorder: Recorder) => void;
}

const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/** CPU milliseconds that `gpu.kernel` takes per label from here on: adapters that compile when a pipeline is made. */
function clockPipelines(gpu: Gpu): Map<string, number> {
  const spent = new Map<string, number>();
  const make = gpu.kernel.bind(gpu);
  gpu.kernel = (shader, constants) => {
    const start = cpuMilliseconds();
    const kernel = make(shader, constants);
    spent.set(shader.name, (spent.get(shader.name) ?? 0) + cpuMilliseconds() - start);
    return kernel;
  };
  return spent;
}

/** Notes every call that `body` records. */
async function recorded(body: () => Promise<unknown>): Promise<Recorded[]> {
  const calls: Recorded[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const original = Recorder.prototype.call;
  Recorder.prototype.call = function (this: Recorder, shader, call): void {
    const again = (recorder: Recorder): void => {
      Reflect.apply(original, recorder, [shader, call]);
    };
    calls.push({ kernel: shader.name, uniforms: call.uniforms, groups: call.groups, again });
    again(this);
  };
  await body();
  Recorder.prototype.call = original;
  return calls;
}

/** Median milliseconds of one run of `dispatch`, each sample long enough to be measured. */
async function time(gpu: Gpu, dispatch: Recorded): Promise<number> {
  const recorder = new Recorder(gpu, dispatch.kernel);
  dispatch.again(recorder);
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
if (!size && sizeName !== 'lora') {
  process.stderr.write(`profile-step: no size ${sizeName}, expected small, big or lora\n`);
  process.exit(2);
}
const gpu = await openGpu();
const make = () => (size ? makeStep(gpu, size) : makeLoraStep(gpu));
const compiling = clockPipelines(gpu);
const unused = await recorded(make);
// Without a batch every kernel returns at once: adapters that compile at the first dispatch do nothing else here.
for (const dispatch of new Map(unused.map((entry) => [entry.kernel, entry])).values()) {
  const begin = cpuMilliseconds();
  const recorder = new Recorder(gpu, 'compile');
  dispatch.again(recorder);
  const program = await recorder.finish();
  program.run();
  await gpu.idle();
  program.destroy();
  const { kernel } = dispatch;
  compiling.set(kernel, (compiling.get(kernel) ?? 0) + cpuMilliseconds() - begin);
}
let made: Awaited<ReturnType<typeof make>> | undefined;
const dispatches = await recorded(async () => {
  made = await make();
});
const { step, batch } = made!;
const slots = [step.run(batch, ADAMW.learning_rate, 1)];
await gpu.idle();
const whole: number[] = [];
for (let t = 2; t < 2 + Number(steps); t++) {
  whole.push(await measure(gpu, () => void slots.push(step.run(batch, ADAMW.learning_rate, t))));
}
const losses = (await step.read(slots.slice(-8))).map(({ metrics }) => metrics.loss);

const groups = new Map<string, { dispatch: Recorded; count: number }>();
for (const dispatch of dispatches) {
  const key = `${dispatch.kernel} ${JSON.stringify(dispatch.uniforms)} ${dispatch.groups.join('×')}`;
  const group = groups.get(key);
  if (group) group.count++;
  else groups.set(key, { dispatch, count: 1 });
}
const lines: Line[] = [];
for (const { dispatch, count } of groups.values()) {
  const each_ms = await time(gpu, dispatch);
  const { kernel } = dispatch;
  lines.push({
    kernel,
    uniforms: JSON.stringify(dispatch.uniforms),
    dispatches: count,
    each_ms,
    total_ms: each_ms * count,
  });
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
      size: sizeName,
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
