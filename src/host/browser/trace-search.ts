import type { TraceRecord, WrittenRecord } from '../../records/records';
import type { Task, TaskQuery } from '../../tasks/task';
import type { DocumentCard, TraceFilter, TraceGroup, TraceKind, TracePage, TraceSummary, TraceView } from './messages';
import type { JournalRecords } from './runs/records';

/** The least number of groups in a page, as far as there are that many; a page holds whole steps. */
const PAGE_GROUPS = 60;
/** Number of steps that are read before other work in the worker gets its turn. */
const STEPS_AT_ONCE = 8;

export type TraceSource = Pick<JournalRecords, 'steps' | 'at'>;
type Line = WrittenRecord & Partial<Pick<TraceRecord, 'advantage'>>;

/**
 * Finds the groups that pass a filter, newest step first.
 * @param from the step to continue from; null for the newest.
 */
export async function findTraces(
  source: TraceSource,
  task: Task,
  filter: TraceFilter,
  from: number | null,
): Promise<TracePage> {
  const recorded = source.steps();
  const all = filter.kind === 'dev' ? recorded.dev : recorded.traces;
  const steps = all.filter((step) => (filter.step === null || step === filter.step) && (from === null || step <= from));
  const groups: TraceSummary[] = [];
  let read = 0;
  while (steps.length > 0) {
    if (groups.length >= PAGE_GROUPS) return { groups, next: steps.at(-1)! };
    const step = steps.pop()!;
    for (const [query, lines] of await groupsAt(source, filter.kind, step)) {
      const found = summarise(task, filter, step, query, lines);
      if (found) groups.push(found);
    }
    if (++read % STEPS_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  return { groups, next: null };
}

/** All completions of a query at a step, in the form that the page shows; null where none were kept. */
export async function traceGroup(
  source: TraceSource,
  task: Task,
  step: number,
  query: string,
  kind: TraceKind | null,
): Promise<TraceGroup | null> {
  for (const one of kind === null ? (['sampled', 'dev'] as const) : [kind]) {
    const lines = (await groupsAt(source, one, step)).get(query);
    if (lines) return group(task, one, step, query, lines);
  }
  return null;
}

/** The kept completions of a held-out query at each evaluation, oldest first. */
export async function traceHistory(source: TraceSource, task: Task, query: string): Promise<TraceGroup[]> {
  const found: TraceGroup[] = [];
  for (const step of source.steps().dev) {
    const at = await traceGroup(source, task, step, query, 'dev');
    if (at) found.push(at);
  }
  return found;
}

/** The completions of a step by query: a query that a batch drew twice has them in one group. */
async function groupsAt(source: TraceSource, kind: TraceKind, step: number): Promise<Map<string, Line[]>> {
  const lines: Line[] = await source.at(kind === 'dev' ? 'dev-traces' : 'traces', step);
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const there = groups.get(line.query);
    if (there) there.push(line);
    else groups.set(line.query, [line]);
  }
  return groups;
}

function summarise(
  task: Task,
  filter: TraceFilter,
  step: number,
  text: string,
  lines: readonly Line[],
): TraceSummary | null {
  const query = task.parse(text);
  const depth = query?.depth ?? 0;
  if (filter.depth !== null && depth !== filter.depth) return null;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const completions = lines.map((line) => {
    const emitted = isEmitted(task, line.ids);
    const exact = query !== null && task.judge(query, line.text).exact;
    const said = `${text} ${line.text}`.toLowerCase();
    const matches =
      words.every((word) => said.includes(word)) &&
      (filter.outcome === 'any' || filter.outcome === outcomeOf(emitted, exact)) &&
      (filter.reward === 'any' || filter.reward === (line.reward >= 1 ? 'full' : line.reward > 0 ? 'some' : 'none')) &&
      (filter.advantage === 'any' || filter.advantage === sideOf(line.advantage ?? 0));
    return { reward: line.reward, emitted, exact, matches };
  });
  return completions.some(({ matches }) => matches)
    ? { kind: filter.kind, step, query: text, depth, completions }
    : null;
}

const outcomeOf = (emitted: boolean, exact: boolean) => (!emitted ? 'cut' : exact ? 'right' : 'wrong');
const sideOf = (advantage: number) => (advantage > 0 ? 'above' : advantage < 0 ? 'below' : 'any');

function group(task: Task, kind: TraceKind, step: number, text: string, lines: readonly Line[]): TraceGroup {
  const query = task.parse(text);
  return {
    kind,
    step,
    query: text,
    depth: query?.depth ?? 0,
    split: query?.split ?? 'train',
    gold: query?.trace ?? '',
    relevant: query?.relevant.map(({ document }) => documentCard(task, document)) ?? [],
    completions: lines.map((line) => view(task, query, line)),
  };
}

function view(task: Task, query: TaskQuery | null, line: Line): TraceView {
  const { step, ids, logprobs, entropies, reward, advantage = null, rank, ranks = null, rewards = null } = line;
  return {
    step,
    ids,
    logprobs,
    entropies,
    reward,
    advantage,
    rank,
    ranks,
    rewards,
    ...written(task, query, ids),
  };
}

/** A completion's text, and the task's verdict on it. */
export function written(
  task: Task,
  query: TaskQuery | null,
  ids: readonly number[],
): Pick<TraceView, 'tokens' | 'emitted' | 'exact' | 'hops'> {
  const tokens = ids.map((id) => task.vocabulary[id] ?? task.specials.unknown);
  const emitted = isEmitted(task, ids);
  const verdict = query && task.judge(query, (emitted ? tokens.slice(0, -1) : tokens).join(' '));
  return { tokens, emitted, exact: verdict?.exact ?? false, hops: verdict?.hops ?? [] };
}

const isEmitted = (task: Task, ids: readonly number[]): boolean =>
  ids.length > 0 && task.vocabulary[ids[ids.length - 1]!] === task.specials.embed;

export function documentCard(task: Task, document: number): DocumentCard {
  return { document, ...task.documents[document]! };
}
