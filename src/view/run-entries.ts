import { diffSession } from '../config/edit-session';
import type { StoredRun } from '../host/browser/api';
import type { MetricName } from '../records/records';
import type { ReadableRun } from './compare-runs';
import { headlineOf, runName, sessionName } from './run-words';
import { estimateOf, type Estimate } from './score';

/** Runs of one session that were started together with a seed each. */
export interface SeedGroup {
  id: string;
  name: string;
  /** The runs, by seed. */
  runs: ReadableRun[];
  /** Number of runs that were started together. */
  size: number;
  finished: number;
  /** Seeds that were started and never ran, as far as that is known. */
  missing: number[];
}

/** A line of the list of runs. */
export type RunEntry = { kind: 'run'; stored: StoredRun } | { kind: 'seeds'; group: SeedGroup };

export type RunOrder = 'newest' | 'oldest' | 'name' | 'best' | 'worst';

/** The search, filter and order of the list of runs; empty texts filter nothing. */
export interface RunQuery {
  text: string;
  tag: string;
  task: string;
  metric: MetricName;
  order: RunOrder;
}

export const EVERY_RUN: RunQuery = { text: '', tag: '', task: '', metric: 'ndcg_cut_10', order: 'newest' };

export const RUN_METRICS: readonly { value: MetricName; label: string }[] = [
  { value: 'ndcg_cut_10', label: 'nDCG@10' },
  { value: 'recip_rank_cut_10', label: 'MRR@10' },
  { value: 'success_1', label: 'Success@1' },
  { value: 'recall_100', label: 'Recall@100' },
  { value: 'map', label: 'MAP' },
];

export const tagsOf = (runs: readonly StoredRun[]): string[] => [...new Set(runs.flatMap(({ tags }) => tags))].sort();

export const tasksOf = (runs: readonly StoredRun[]): string[] =>
  [...new Set(runs.flatMap(({ run }) => (run ? [run.session.task.name] : [])))].sort();

/** The lines of the list: runs that match the query, with those of several seeds as one line. */
export function runEntries(runs: readonly StoredRun[], query: RunQuery): RunEntry[] {
  const entries: RunEntry[] = [];
  const groups = new Map<string, SeedGroup>();
  for (const stored of runs.filter((run) => fits(run, query))) {
    const group = isReadable(stored) ? groupOf(stored, runs) : null;
    if (!group) entries.push({ kind: 'run', stored });
    else if (!groups.has(group.id)) {
      groups.set(group.id, group);
      entries.push({ kind: 'seeds', group });
    }
  }
  return ordered(entries, query);
}

const isReadable = (stored: StoredRun): stored is ReadableRun => stored.run !== null;

/** The runs that were started together with a run, itself included; null where it was started alone. */
function groupOf({ run: { group, groupSize, session } }: ReadableRun, runs: readonly StoredRun[]): SeedGroup | null {
  if (group === null) return null;
  const members = runs
    .filter(isReadable)
    .filter(({ run }) => run.group === group && isSameButSeed(run.session, session))
    .sort((a, b) => a.run.session.seed - b.run.session.seed);
  const size = Math.max(groupSize, members.length);
  if (size < 2) return null;
  const [first] = members;
  const seeds = new Set(members.map(({ run }) => run.session.seed));
  const start = first!.run.session.seed;
  const asked = Array.from({ length: size }, (_, at) => start + at);
  return {
    id: group,
    name: first!.title !== '' ? first!.title : sessionName(session, 'never'),
    runs: members,
    size,
    finished: members.filter(({ state }) => state === 'finished').length,
    missing: members.length < size ? asked.filter((seed) => !seeds.has(seed)) : [],
  };
}

const isSameButSeed = (a: ReadableRun['run']['session'], b: ReadableRun['run']['session']): boolean =>
  diffSession(a, b).every(({ path }) => path === 'seed' || path === 'title');

function fits(stored: StoredRun, { text, tag, task }: RunQuery): boolean {
  if (tag !== '' && !stored.tags.includes(tag)) return false;
  if (task !== '' && stored.run?.session.task.name !== task) return false;
  const all = [runName(stored), stored.notes, ...stored.tags, stored.run?.session.task.name ?? ''].join(' ');
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.toLowerCase().includes(word));
}

/** A metric of a line's runs, for the arm of their headline. */
export function entryEstimate(entry: RunEntry, metric: MetricName): Estimate | null {
  const runs = entry.kind === 'run' ? [entry.stored] : entry.group.runs;
  const results = runs.flatMap(({ run }) => {
    const found = run && headlineOf(run);
    return found ? [found] : [];
  });
  return estimateOf(results, metric);
}

const entryName = (entry: RunEntry): string => (entry.kind === 'run' ? runName(entry.stored) : entry.group.name);

const createdOf = (entry: RunEntry): number =>
  entry.kind === 'run' ? entry.stored.created : Math.max(...entry.group.runs.map(({ created }) => created));

function ordered(entries: RunEntry[], { order, metric }: RunQuery): RunEntry[] {
  if (order === 'name') return entries.sort((a, b) => entryName(a).localeCompare(entryName(b)));
  const sign = order === 'oldest' || order === 'worst' ? 1 : -1;
  if (order === 'newest' || order === 'oldest') {
    return entries.sort((a, b) => sign * (createdOf(a) - createdOf(b)));
  }
  // What has no score comes after all that have one, newest first.
  const scored = entries.map((entry) => ({ entry, mean: entryEstimate(entry, metric)?.mean ?? null }));
  scored.sort((a, b) => {
    if (a.mean !== null && b.mean !== null) return sign * (a.mean - b.mean);
    if (a.mean === null && b.mean === null) return createdOf(b.entry) - createdOf(a.entry);
    return a.mean === null ? 1 : -1;
  });
  return scored.map(({ entry }) => entry);
}

/** The progress of a group: `2 of 3 finished, seed 3 goes on`. */
export function seedsProgress({ runs, size, finished }: SeedGroup): string {
  const going = runs.filter(({ state }) => state === 'held').map(({ run }) => run.session.seed);
  const now = going.length > 0 ? `, seed ${going.join(', ')} goes on` : '';
  return finished === size ? `${size} seeds` : `${finished} of ${size} seeds finished${now}`;
}
