import { sameAncestors, type Ancestors } from '../config/ancestors';
import { diffSession, settingsOf } from '../config/edit-session';
import type { Session } from '../config/session';
import type { RunCurves, RunSummary, StoredRun } from '../host/browser/api';
import type { Arm } from '../records/records';
import { ARM_ORDER } from './arms';
import { forkWords, runName, sessionName } from './run-words';
import { estimateOf, type Estimate } from './score';
import { fieldName } from './session-words';

/** A kept run whose summary could be read. */
export type ReadableRun = StoredRun & { run: RunSummary };

/** Runs of one session that differ only in their seeds. */
export interface RunGroup {
  name: string;
  session: Session;
  ancestors: Ancestors;
  runs: ReadableRun[];
}

const OWN = new Set(['title', 'seed']);

/** Groups runs that differ in nothing but seed and title, in the order in which they come. */
export function groupRuns(runs: readonly ReadableRun[]): RunGroup[] {
  const groups: RunGroup[] = [];
  for (const run of runs) {
    const { session, ancestors } = run.run;
    const found = groups.find(
      (group) =>
        sameAncestors(group.ancestors, ancestors) &&
        diffSession(group.session, session).every(({ path }) => OWN.has(path)),
    );
    if (found) found.runs.push(run);
    else groups.push({ name: runName(run), session, ancestors, runs: [run] });
  }
  for (const group of groups) {
    const [first] = group.runs;
    if (!first || group.runs.length === 1) continue;
    // A name that the user did not give holds the first run's seed, which is not the group's.
    const name = first.title === '' ? sessionName(group.session, 'never') : group.name;
    group.name = `${name} (${group.runs.length} runs)`;
  }
  // Curves are distinguished by their names.
  const seen = new Map<string, number>();
  for (const group of groups) {
    const times = (seen.get(group.name) ?? 0) + 1;
    seen.set(group.name, times);
    if (times > 1) group.name = `${group.name} #${times}`;
  }
  return groups;
}

/** Settings in which the groups' sessions differ, with each one's value. */
export function settingRows(groups: readonly RunGroup[]): { path: string; label: string; values: string[] }[] {
  const [first, ...others] = groups;
  if (!first) return [];
  const paths = new Set(others.flatMap(({ session }) => diffSession(first.session, session).map(({ path }) => path)));
  const settings = groups.map(({ session }) => new Map(settingsOf(session).map(({ path, value }) => [path, value])));
  const rows = [...paths]
    .filter((path) => !OWN.has(path))
    .map((path) => ({ path, label: fieldName(path), values: settings.map((map) => String(map.get(path) ?? '')) }));
  if (groups.every(({ ancestors }) => ancestors.length === 0)) return rows;
  const from = groups.map(({ ancestors }) => {
    const parent = ancestors.at(-1);
    return parent ? forkWords(parent) : 'from its start';
  });
  return [{ path: 'fork', label: 'Begins', values: from }, ...rows];
}

/** Final nDCG@10 of an arm over a group's runs; null where no run has it. */
export const estimate = ({ runs }: RunGroup, arm: Arm): Estimate | null =>
  estimateOf(
    runs.flatMap(({ run: { evaluation } }) => {
      const found = (evaluation?.test ?? evaluation?.dev)?.[arm];
      return found ? [found] : [];
    }),
  );

/** Arms for which any of the groups has a final result. */
export const armsOfGroups = (groups: readonly RunGroup[]): Arm[] =>
  ARM_ORDER.filter((arm) => groups.some((group) => estimate(group, arm) !== null));

/** A line over steps with a band: the least and most of several seeds. */
export interface BandedLine {
  mean: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

export type Curve = readonly (readonly [step: number, value: number])[];

/** A metric at the steps that have it. */
export const metricCurve =
  (name: string) =>
  ({ metrics }: RunCurves): Curve =>
    metrics.flatMap((line) => {
      const value = line[name];
      return typeof value === 'number' ? [[line.step, value] as const] : [];
    });

export const lossCurve = metricCurve('loss');

/** Steps at which a stage begins in any of the runs. */
export function stageStarts(curves: Iterable<RunCurves>): Set<number> {
  const starts = new Set<number>();
  for (const { metrics } of curves) {
    metrics.forEach(({ step, stage }, at) => {
      if (metrics[at - 1]?.stage !== stage) starts.add(step);
    });
  }
  return starts;
}

/** Metrics that any of the runs has, in the order they first appear. */
export const metricNames = (curves: Iterable<RunCurves>): string[] => {
  const names = new Set<string>();
  for (const { metrics } of curves) {
    for (const line of metrics) {
      for (const [name, value] of Object.entries(line))
        if (name !== 'step' && typeof value === 'number') names.add(name);
    }
  }
  return [...names];
};

/** The curve of held-out nDCG@10 of the arm that a run's headline is of. */
export const scoreCurve = ({ evaluations }: RunCurves): Curve =>
  evaluations.flatMap(({ step, arms }) => {
    const found = arms.reasoning ?? arms.direct ?? arms.filler;
    return found ? [[step, found.ndcg_cut_10] as const] : [];
  });

/**
 * Each group's curves on shared steps: their mean, and their least and most. Between its own points a curve is linear.
 */
export function bandedLines(groups: readonly (readonly Curve[])[]): { steps: Float64Array; lines: BandedLine[] } {
  const steps = Float64Array.from(new Set(groups.flat(2).map(([step]) => step))).sort();
  const lines = groups.map((curves): BandedLine => {
    const columns = curves.map((curve) => resampled(curve, steps));
    const over = (read: (values: number[]) => number): Float64Array =>
      Float64Array.from(steps, (_, at) => {
        const values = columns.map((column) => column[at]!).filter((value) => !Number.isNaN(value));
        return values.length > 0 ? read(values) : NaN;
      });
    return {
      mean: over((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
      low: over((values) => Math.min(...values)),
      high: over((values) => Math.max(...values)),
    };
  });
  return { steps, lines };
}

function resampled(curve: Curve, steps: Float64Array): Float64Array {
  const out = new Float64Array(steps.length).fill(NaN);
  let next = 0;
  steps.forEach((step, at) => {
    while (next < curve.length && curve[next]![0] < step) next += 1;
    const after = curve[next];
    const before = curve[next - 1];
    if (after?.[0] === step) out[at] = after[1];
    else if (before && after) {
      out[at] = before[1] + ((after[1] - before[1]) * (step - before[0])) / (after[0] - before[0]);
    }
  });
  return out;
}
