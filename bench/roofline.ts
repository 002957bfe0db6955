/**
 * Computes how long steps would take on GPUs that were not at hand: kin-quick's, and one of a model of 256 channels.
 *
 *   node scripts/bench.mjs roofline    writes docs/results/roofline.json and docs/roofline.md; what stands there as `before` stays
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { FIRST_NUMERICS, NEWEST_NUMERICS } from '../src/config/numerics';
import type { Session } from '../src/config/session';
import { DEVICES, type DeviceFigures } from '../src/gpu/devices';
import { RehearsedGpu, type Rehearsed } from '../src/gpu/rehearsed';
import { judged, peakGflops, stepBound } from '../src/gpu/roofline';
import { rehearse } from '../src/training/rehearsal';
import { resolveSession } from '../src/session/resolve';
import { intoDocument } from './into-document';
import { git } from './record';
import { makeStep } from './training-step/ours';
import { ADAMW, SIZES } from './training-step/sizes';

const RESULTS = 'docs/results/roofline.json';
const DOCUMENT = 'docs/roofline.md';
const ASKED = ['m2', 'rtx-4070'] as const;

const lineSchema = v.object({
  step: v.string(),
  device: v.string(),
  tokens: v.number(),
  dispatches: v.number(),
  mflop: v.number(),
  bound_us: v.number(),
  launch_us: v.number(),
  /** Rounds of loads that wait for one another; absent in older records. */
  rounds_of_loads: v.optional(v.number()),
  ideal_us: v.number(),
  products_of_peak: v.number(),
  products_of_peak_without_launch: v.number(),
  /** Kinds of dispatches of which one takes more than 5% of the step with fewer workgroups than the device has cores. */
  too_few_workgroups: v.array(v.string()),
});
type Line = v.InferOutput<typeof lineSchema>;
const judgedSchema = v.object({ commit: v.string(), lines: v.array(lineSchema) });
const resultsSchema = v.object({ before: judgedSchema, now: judgedSchema });

/** One update of the benchmark's big model on its batch. */
async function big(vendor: string, numerics: number): Promise<{ tokens: number; dispatches: Rehearsed[] }> {
  const gpu = new RehearsedGpu(vendor);
  const size = SIZES.find(({ name }) => name === 'big')!;
  const { step, batch } = await makeStep(gpu, size, numerics);
  gpu.take();
  step.run(batch, ADAMW.learning_rate, 1);
  return { tokens: size.sequences * size.length, dispatches: gpu.take() };
}

/** The ending of the name of a step whose sums are in parts. */
const IN_PARTS = ', numerics 2';

const withNumerics = (of: Session, numerics: number): Session => ({ ...of, model: { ...of.model, numerics } });

const digits = (value: number): number => Number(value.toPrecision(3));

function lineOf(
  step: string,
  id: (typeof ASKED)[number],
  { tokens, dispatches }: { tokens: number; dispatches: Rehearsed[] },
): Line {
  const bound = stepBound(DEVICES[id], judged(DEVICES[id], dispatches));
  return {
    step,
    device: id,
    tokens,
    dispatches: bound.dispatches,
    mflop: digits(bound.flops / 1e6),
    bound_us: digits(bound.total),
    launch_us: digits(bound.launch),
    rounds_of_loads: bound.rounds,
    ideal_us: digits(bound.ideal),
    products_of_peak: digits(bound.products!.ofPeak),
    products_of_peak_without_launch: digits(bound.products!.ofPeakWithoutLaunch),
    too_few_workgroups: bound.idle.map(
      ({ kernel, workgroups, share }) => `${kernel}: ${workgroups} workgroups, ${Math.round(share * 100)}%`,
    ),
  };
}

const { session } = resolveSession('kin-quick', () => undefined);
const byDevice = await Promise.all(
  ASKED.map(async (id) => {
    const { vendor } = DEVICES[id];
    const quick = await rehearse(session, vendor);
    const inParts = await rehearse(withNumerics(session, NEWEST_NUMERICS), vendor);
    return [
      ...quick.map((step) => lineOf(`kin-quick, ${step.stage}`, id, step)),
      ...inParts.map((step) => lineOf(`kin-quick, ${step.stage}${IN_PARTS}`, id, step)),
      lineOf('256 channels', id, await big(vendor, FIRST_NUMERICS)),
      lineOf(`256 channels${IN_PARTS}`, id, await big(vendor, NEWEST_NUMERICS)),
    ];
  }),
);
const lines = byDevice[0]!.flatMap((_, step) => byDevice.map((of) => of[step]!));
const commit = git('rev-parse', '--short=12', 'HEAD');
const now = { commit, lines };
const known = existsSync(RESULTS) ? v.parse(resultsSchema, JSON.parse(readFileSync(RESULTS, 'utf8'))) : null;
const results = { before: known?.before ?? now, now };
writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%`;
const ratio = ({ bound_us, ideal_us }: Line): string => `${(bound_us / ideal_us).toFixed(1)}×`;
const before = new Map(results.before.lines.map((line) => [`${line.step} ${line.device}`, line]));
const rows = lines.map((line) => {
  const old = before.get(`${line.step.replace(IN_PARTS, '')} ${line.device}`) ?? line;
  const idle = (of: Line): string => (of.too_few_workgroups.length === 0 ? 'none' : of.too_few_workgroups.join('; '));
  const cells = [
    `${line.step} (${line.tokens} tokens)`,
    line.device,
    `${old.dispatches} → ${line.dispatches}`,
    `${old.bound_us} → ${line.bound_us}`,
    `${old.launch_us} → ${line.launch_us}`,
    line.rounds_of_loads,
    `${old.ideal_us} → ${line.ideal_us}`,
    `${ratio(old)} → ${ratio(line)}`,
    `${(line.bound_us / old.ideal_us).toFixed(1)}×`,
    `${percent(old.products_of_peak_without_launch)} → ${percent(line.products_of_peak_without_launch)}`,
    `${percent(old.products_of_peak)} → ${percent(line.products_of_peak)}`,
    `${idle(old)} → ${idle(line)}`,
  ];
  return `| ${cells.join(' | ')} |`;
});
const figures = (id: string, d: DeviceFigures): string =>
  `| ${id} | ${d.name} | ${d.cores} × ${d.lanes} | ${d.gigahertz} | ${Math.round(peakGflops(d)).toLocaleString('en')} | ${d.gigabytes} | ${d.coreBytes} | ${d.sharedBytes} | ${d.launch} | ${d.sources.join('; ')} |`;
await intoDocument(DOCUMENT, 'roofline', [
  `\`node scripts/bench.mjs roofline\`, before: ${results.before.commit}, now: ${commit}.`,
  '',
  '| step | device | dispatches | bound, µs | of it launches | rounds of loads | ideal, µs | bound / ideal | bound / first ideal | products of peak, without launches | with launches | over 5% with fewer workgroups than cores |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
]);
await intoDocument(DOCUMENT, 'devices', [
  '| name | device | cores × lanes | GHz | GFLOP/s | GB/s | bytes a core and clock | of workgroup memory | launch, µs | sources |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...Object.entries(DEVICES).map(([id, device]) => figures(id, device)),
]);
