import type { Session } from '../../../config/session';
import { parseSession, parseShape } from '../../../config/parse-session';
import { checkSession } from '../../../config/session-checks';
import { planStages } from '../../../config/stages';
import { deviceNamed, DEVICES, type DeviceFigures } from '../../../gpu/devices';
import { judged, peakGflops, stepBound, type Judged } from '../../../gpu/roofline';
import { untunable } from '../../../kernels/matmul/kept-tuning';
import { InputError } from '../../../lib/errors';
import type { StageProfile } from '../../../records/profile';
import type { SessionData } from '../../../training/base';
import { measureTiles } from '../../../training/measure-tiles';
import { profileSession } from '../../../training/profile';
import { isTaught } from '../../../training/teacher';
import { rehearse, type RehearsedStep } from '../../../training/rehearsal';
import { Arguments } from '../args';
import { BaseArgument } from '../base-argument';
import { changedBy, FORK_FLAGS, forkArgument } from '../fork-argument';
import { openGpu } from '../gpu';
import { printResult } from '../output';
import { sessionArgument } from '../session-argument';
import { readTaskData, withOwnDocuments } from '../task-data';
import { keepTuning } from '../tuning-store';
import { probeArgument } from '../world-probe';

const USAGE = 'bench roofline|profile SESSION [--device NAME] [--set path=value …] [--data DIR_OR_FILE] [--base MODEL]';
/** Number of kinds of dispatch that are listed. */
const LISTED = 12;

/**
 * `lab bench roofline`: the time that a step of each stage would take at best on a named device, and its slowest
 * dispatches; no GPU is used. `lab bench profile`: where the time of a step goes on this machine's adapter.
 * `lab bench tune`: which tiles of the product kernels are the fastest on it, kept for all later commands.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'tune') {
    new Arguments(argv, { usage: 'bench tune', positionals: ['tune'] });
    return tune();
  }
  const args = new Arguments(argv, {
    usage: USAGE,
    positionals: ['roofline|profile', 'SESSION'],
    flags: { set: FORK_FLAGS.set, device: 'value', data: 'value', base: 'value' },
  });
  const [what = '', session = ''] = args.positionals;
  if (what === 'roofline') return roofline(args, session);
  if (what !== 'profile')
    throw new InputError(`bench: ${JSON.stringify(what)}, expected roofline or profile with a session, or tune`);
  if (args.has('device'))
    throw new InputError('--device: given with profile, expected it without: it is this machine’s');
  return profile(args, session);
}

async function roofline(args: Arguments, text: string): Promise<number> {
  const device = deviceArgument(args);
  const { session, ...data } = await sessionData(args, text);
  const steps = await rehearse(session, device.vendor, data.files, data.base);
  printResult({
    device: { ...device, peak_gflops: round(peakGflops(device)) },
    measured: 'no measurement of this device exists: all of this is arithmetic',
    steps: steps.map((step) => stepResult(device, step)),
  });
  return 0;
}

async function profile(args: Arguments, text: string): Promise<number> {
  const { session, ...data } = await sessionData(args, text);
  const gpu = await openGpu();
  const found = await profileSession(gpu, session, data, () => false);
  const { adapter } = gpu;
  gpu.destroy();
  printResult({ adapter, ...found!, stages: found!.stages.map(profileResult) });
  return 0;
}

async function tune(): Promise<number> {
  const gpu = await openGpu();
  try {
    const why = untunable(gpu.adapter);
    if (why !== null) throw new InputError(`bench tune: nothing to tune on this adapter: ${why}, expected a GPU`);
    const tuning = await measureTiles(gpu);
    if (tuning) printResult({ ...tuning, file: keepTuning(gpu.adapter, tuning) });
  } finally {
    gpu.destroy();
  }
  return 0;
}

/** The result of `profile` for a stage; rates are of the kernels' own time. */
const profileResult = ({ stage, milliseconds, tokens, dispatches, kernels, memory }: StageProfile) => ({
  stage,
  milliseconds: round(milliseconds),
  tokens,
  tokens_per_second: round((1000 * tokens) / milliseconds),
  dispatches,
  kernels: kernels.map(({ milliseconds: taken, flops, bytes, ...kernel }) => ({
    ...kernel,
    mflop: round(flops / 1e6),
    megabytes: round(bytes / 1e6),
    ...(taken === null || taken === 0
      ? {}
      : {
          milliseconds: round(taken),
          gflops: round(flops / taken / 1e6),
          gigabytes_per_second: round(bytes / taken / 1e6),
        }),
  })),
  memory,
});

function deviceArgument(args: Arguments): DeviceFigures {
  const name = args.required('device');
  const device = deviceNamed(name);
  if (device) return device;
  throw new InputError(`--device: ${JSON.stringify(name)}, expected one of ${Object.keys(DEVICES).join(', ')}`);
}

async function sessionData(args: Arguments, text: string): Promise<SessionData & { session: Session }> {
  const based = new BaseArgument(args);
  // A file that is to start from the given model need not name it; what it then is stands before the checks.
  const shared = sessionArgument(text, args.has('base') ? parseShape : parseSession);
  const started = { ...shared, session: await based.startFrom(shared.session) };
  const { session: asked } = forkArgument(args, started, () => undefined);
  const own = await probeArgument(asked, args.has('data') ? args.required('data') : null, based);
  const session = await withOwnDocuments(asked, own);
  checkSession(session, changedBy(args));
  if (isTaught(session)) {
    throw new InputError('session: sft.teacher names a model, expected none: a benchmark asks no teacher');
  }
  if (planStages(session).length === 0) {
    throw new InputError('session: no stage has steps, expected at least one step in pretrain, sft or grpo');
  }
  return { session, files: await readTaskData(session.task, own), base: await based.open(session) };
}

/** The result of `roofline` for a stage: times in microseconds of one dispatch; the share is of the step. */
function stepResult(device: DeviceFigures, { stage, tokens, dispatches }: RehearsedStep): object {
  const all = judged(device, dispatches);
  const { total, ideal, launch, flops, bytes, products, idle, rounds, dispatches: count } = stepBound(device, all);
  return {
    stage,
    tokens,
    dispatches: count,
    gflop: round(flops / 1e9),
    megabytes: round(bytes / 1e6),
    bound_us: round(total),
    launch_us: round(launch),
    rounds_of_loads: rounds,
    ideal_us: round(ideal),
    bound_of_ideal: round(total / ideal),
    ...(products
      ? {
          products_of_peak: round(products.ofPeak),
          products_of_peak_without_launch: round(products.ofPeakWithoutLaunch),
        }
      : {}),
    too_few_workgroups: idle.map(({ share, ...rest }) => ({ ...rest, share: round(share) })),
    waste_most: all.slice(0, LISTED).map((entry) => line(entry, total)),
  };
}

const line = ({ program, kernel, dispatches, workgroups, invocations, flops, bytes, bound }: Judged, step: number) => ({
  program,
  kernel,
  dispatches,
  workgroups,
  invocations,
  mflop: round(flops / 1e6),
  kilobytes: round(bytes / 1e3),
  bound_us: round(bound.total),
  ideal_us: round(bound.ideal),
  limit: bound.limit,
  share: round((dispatches * bound.total) / step),
});

/** Rounds to three digits. */
const round = (value: number): number => Number(value.toPrecision(3));
