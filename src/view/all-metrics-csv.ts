import type { EvaluationPoint } from '../records/records';
import { quotedCell } from './csv';

interface Metrics {
  steps: ArrayLike<number>;
  /** The stage of each step. */
  stages: readonly string[];
  columns: readonly (readonly [name: string, values: ArrayLike<number>])[];
  evaluations: readonly EvaluationPoint[];
}

/**
 * Writes all metrics of a run as one CSV table, a row a step: its stage, every metric under its own name, and, at steps
 * that were evaluated, every arm's as `dev/reasoning/ndcg_cut_10` with the bounds of its interval. What was not
 * measured is empty.
 */
export function allMetricsCsv({ steps, stages, columns, evaluations }: Metrics): string {
  const points = new Map(evaluations.map(({ step, arms }) => [step, flat(arms)]));
  const scores = [...new Set([...points.values()].flatMap((found) => [...found.keys()]))];
  const rows = Array.from({ length: steps.length }, (_, at) => {
    const found = points.get(steps[at]!);
    const values = [...columns.map(([, column]) => column[at]), ...scores.map((name) => found?.get(name))];
    return [String(steps[at]), stages[at] ?? '', ...values.map(cell)].join(',');
  });
  const header = ['step', 'stage', ...columns.map(([name]) => name), ...scores];
  return [header.map(quotedCell).join(','), ...rows].join('\r\n');
}

const cell = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '' : String(value));

function flat(arms: EvaluationPoint['arms']): Map<string, number> {
  const found = new Map<string, number>();
  for (const [arm, result] of Object.entries(arms)) {
    for (const [metric, value] of Object.entries(result)) {
      if (typeof value === 'number') found.set(`dev/${arm}/${metric}`, value);
    }
    for (const [metric, [low, high]] of Object.entries(result.ci95)) {
      found.set(`dev/${arm}/${metric}/low`, low).set(`dev/${arm}/${metric}/high`, high);
    }
  }
  return found;
}
