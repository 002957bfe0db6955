/**
 * What steps would take on GPUs that nobody here has, by arithmetic: kin-quick's, and one of a model of 256 channels.
 *
 *   node scripts/bench.mjs roofline    writes docs/results/roofline.json and docs/roofline.md; what stands there as `before` stays
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DEVICES, type DeviceFigures } from '../src/gpu/devices';
import { RehearsedGpu, type Rehearsed } from '../src/gpu/rehearsed';
import { judged, peakGflops, stepBound } from '../src/gpu/roofline';
import { rehearse } from '../src/training/rehearsal';
import { resolveSession } from '../src/session/resolve';
import { intoDocument } from './into-document';
import { makeStep } from './training-step/ours';
import { ADAMW, SIZES } from './training-step/sizes';

const RESULTS = 'docs/results/roofline.json';
const DOCUMENT = 'docs/roofline.md';
const ASKED = ['m2', 'rtx-4070'];

interface Line {
  step: string;
  device: string;
  tokens: number;
  dispatches: number;
  mflop: number;
  bound_us: number;
  launch_us: number;
  ideal_us: number;
  products_of_peak: number;
  products_of_peak_without_launch: number;
  /** Kinds of dispatches of which one takes more than 5% of the step with fewer workgroups than the device has cores. */
  too_few_workgroups: string[];
}
interface Results {
  before?: { commit: string; lines: Line[] };
  now: { commit: string; lines: Line[] };
}

/** One update of the benchmark's big model on its batch. */
async function big(): Promise<{ tokens: number; dispatches: Rehearsed[] }> {
  const gpu = new RehearsedGpu();
  const size = SIZES.find(({ name }) => name === 'big')!;
  const { step, batch } = await makeStep(gpu, size);
  gpu.take();
  step.run(batch, ADAMW.learning_rate, 1);
  return { tokens: size.sequences * size.length, dispatches: gpu.take() };
}

const digits = (value: number): number => Number(value.toPrecision(3));

function lineOf(step: string, id: string, { tokens, dispatches }: { tokens: number; dispatches: Rehearsed[] }): Line {
  const bound = stepBound(DEVICES[id]!, judged(DEVICES[id]!, dispatches));
  return {
    step,
    device: id,
    tokens,
    dispatches: bound.dispatches,
    mflop: digits(bound.flops / 1e6),
    bound_us: digits(bound.total),
    launch_us: digits(bound.launch),
    ideal_us: digits(bound.ideal),
    products_of_peak: digits(bound.products!.ofPeak),
    products_of_peak_without_launch: digits(bound.products!.ofPeakWithoutLaunch),
    too_few_workgroups: bound.idle.map(
      ({ kernel, workgroups, share }) => `${kernel}: ${workgroups} workgroups, ${Math.round(share * 100)}%`,
    ),
  };
}

const quick = await rehearse(resolveSession('kin-quick', () => undefined).session);
const steps = [
  ...quick.map((step) => ({ name: `kin-quick, ${step.stage}`, ...step })),
  { name: '256 channels', ...(await big()) },
];
const lines = steps.flatMap((step) => ASKED.map((device) => lineOf(step.name, device, step)));
const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
const known: Partial<Results> = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {};
const results: Results = { before: known.before ?? { commit, lines }, now: { commit, lines } };
writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
const ratio = ({ bound_us, ideal_us }: Line): string => `${(bound_us / ideal_us).toFixed(1)}×`;
const before = new Map(results.before!.lines.map((line) => [`${line.step} ${line.device}`, line]));
const rows = lines.map((line) => {
  const old = before.get(`${line.step} ${line.device}`) ?? line;
  const idle = (of: Line): string => (of.too_few_workgroups.length === 0 ? 'none' : of.too_few_workgroups.join('; '));
  const cells = [
    `${line.step} (${line.tokens} tokens)`,
    line.device,
    `${old.dispatches} → ${line.dispatches}`,
    `${old.bound_us} → ${line.bound_us}`,
    line.launch_us,
    line.ideal_us,
    `${ratio(old)} → ${ratio(line)}`,
    `${percent(old.products_of_peak_without_launch)} → ${percent(line.products_of_peak_without_launch)}`,
    `${percent(old.products_of_peak)} → ${percent(line.products_of_peak)}`,
    `${idle(old)} → ${idle(line)}`,
  ];
  return `| ${cells.join(' | ')} |`;
});
const figures = (id: string, d: DeviceFigures): string =>
  `| ${id} | ${d.name} | ${d.cores} × ${d.lanes} | ${d.gigahertz} | ${Math.round(peakGflops(d)).toLocaleString('en')} | ${d.gigabytes} | ${d.coreBytes} | ${d.sharedBytes} | ${d.launch} | ${d.sources.join('; ')} |`;
await intoDocument(DOCUMENT, 'roofline', [
  `\`node scripts/bench.mjs roofline\`, before: ${results.before!.commit}, now: ${commit}.`,
  '',
  '| step | device | dispatches | bound, µs | of it launches | ideal, µs | bound / ideal | products of peak, without launches | with launches | over 5% with fewer workgroups than cores |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
]);
await intoDocument(DOCUMENT, 'devices', [
  '| name | device | cores × lanes | GHz | GFLOP/s | GB/s | bytes a core and clock | of workgroup memory | launch, µs | sources |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...Object.entries(DEVICES).map(([id, device]) => figures(id, device)),
]);
