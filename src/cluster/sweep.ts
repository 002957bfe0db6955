import { applySettings, setPath } from '../config/edit-session';
import { checkSession } from '../config/session-checks';
import type { Session } from '../config/session';
import { leafAt } from '../config/session-paths';
import { InputError } from '../lib/errors';
import type { Arm, Evaluation } from '../records/records';

/** The most runs of a sweep: more are a mistake in a list. */
const MOST_RUNS = 10_000;

/** One run of a sweep. */
export interface SweepRun {
  /** The name of its folder: its place, its settings' values and its seed. */
  name: string;
  settings: Readonly<Record<string, string>>;
  seed: number;
  session: Session;
}

/**
 * Every combination of settings with every seed, checked.
 * @param sets `path=a,b,c`; values that are lists themselves are parted by `;`.
 * @param seeds `1..3` or `1,5,9`; '' is the session's own.
 * @throws InputError
 */
export function sweepRuns(session: Session, sets: readonly string[], seeds: string): SweepRun[] {
  let combinations: Record<string, string>[] = [{}];
  for (const text of sets) {
    const [path, values] = valuesOf(session, text);
    if (combinations.some((settings) => path in settings)) {
      throw new InputError(`--set: ${path} is given twice, expected all of its values in one list`);
    }
    combinations = combinations.flatMap((settings) => values.map((value) => ({ ...settings, [path]: value })));
  }
  const numbers = seedsOf(seeds, session.seed);
  const count = combinations.length * numbers.length;
  if (count > MOST_RUNS) throw new InputError(`sweep: ${count} runs, expected at most ${MOST_RUNS}`);
  const digits = String(count).length;
  return combinations.flatMap((settings, at) => {
    const assignments = Object.entries(settings).map(([path, value]) => `${path}=${value}`);
    return numbers.map((seed, i) => {
      const own = { ...applySettings(session, assignments), seed };
      checkSession(own, '--seeds');
      const place = String(at * numbers.length + i + 1).padStart(digits, '0');
      const words = Object.entries(settings).map(([path, value]) => `${path.split('.').at(-1)}-${value}`);
      const name = [place, ...words, `seed-${seed}`]
        .join('_')
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .slice(0, 100);
      return { name, settings, seed, session: own };
    });
  });
}

function valuesOf(session: Session, text: string): [path: string, values: string[]] {
  const path = text.slice(0, Math.max(0, text.indexOf('='))).trim();
  const isList = ['integers', 'options'].includes(leafAt(path)?.leaf.kind ?? '');
  const values = text.slice(text.indexOf('=') + 1).split(isList ? ';' : ',').map((value) => value.trim()); // prettier-ignore
  // Each by itself, so that the message names the wrong one.
  for (const value of values) setPath(session, path === '' ? text : `${path}=${value}`);
  if (new Set(values).size < values.length)
    throw new InputError(`--set: ${text} has a value twice, expected each once`);
  return [path, values];
}

function seedsOf(text: string, own: number): number[] {
  if (text === '') return [own];
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  const seeds = range ? between(Number(range[1]), Number(range[2])) : text.split(',').map(Number);
  const isSeed = (seed: number): boolean => Number.isSafeInteger(seed) && seed >= 0 && seed <= 0xffff_ffff;
  if (seeds.length === 0 || !seeds.every(isSeed) || new Set(seeds).size < seeds.length) {
    throw new InputError(`--seeds: ${JSON.stringify(text)}, expected 1..3 or 1,5,9, whole numbers, each once`);
  }
  return seeds;
}

const between = (first: number, last: number): number[] =>
  last - first >= MOST_RUNS ? [] : Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);

/** A figure over seeds. */
export interface SweepFigure {
  mean: number;
  /** Student's interval over seeds; null for one seed. */
  ci95: [low: number, high: number] | null;
  seeds: number;
}

/** A combination of settings and what came of it, by arm. */
export interface SweepRow {
  settings: Readonly<Record<string, string>>;
  ndcg_cut_10: Partial<Record<Arm, SweepFigure>>;
}

/** nDCG@10 on the test split of every combination, over the seeds that are done. */
export function sweepTable(results: readonly { run: SweepRun; evaluation: Evaluation }[]): SweepRow[] {
  const rows = new Map<string, { settings: SweepRow['settings']; found: Evaluation[] }>();
  for (const { run, evaluation } of results) {
    const key = JSON.stringify(run.settings);
    const row = rows.get(key) ?? { settings: run.settings, found: [] };
    row.found.push(evaluation);
    rows.set(key, row);
  }
  return [...rows.values()].map(({ settings, found }) => {
    const arms = new Set(found.flatMap(({ test = {} }) => Object.keys(test) as Arm[]));
    const figures = [...arms].map((arm): [Arm, SweepFigure] => [
      arm,
      figureOf(found.flatMap(({ test }) => (test?.[arm] ? [test[arm].ndcg_cut_10] : []))),
    ]);
    return { settings, ndcg_cut_10: Object.fromEntries(figures) };
  });
}

/** Two-sided 95% quantiles of Student's t for 1, 2, … degrees of freedom; beyond the last, it is near enough to it. */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086,
];

export function figureOf(values: readonly number[]): SweepFigure {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, ci95: null, seeds: n };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = (T_95[Math.min(n - 1, T_95.length) - 1]! * Math.sqrt(variance)) / Math.sqrt(n);
  return { mean, ci95: [mean - half, mean + half], seeds: n };
}
