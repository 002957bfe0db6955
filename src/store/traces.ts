import { create } from 'zustand';
import type { Thinking, TraceFilter, TraceGroup, TraceKind, TraceSummary, TraceView } from '../host/browser/api';
import { messageOf } from '../lib/errors';
import { lab } from './lab';
import { useRun } from './run';

/** Something asked of the worker. */
export type Asked<T> =
  | { state: 'none' }
  | { state: 'pending'; last: T | null }
  | { state: 'ready'; value: T }
  | { state: 'failed'; reason: string };

export interface TraceList {
  groups: readonly TraceSummary[];
  /** The step to go on from; null at the end. */
  next: number | null;
}

/** A query's greedy completion as the model stood at a step. */
export interface PastTrace {
  step: number;
  completion: Omit<TraceView, 'advantage'>;
}
export interface History {
  query: string;
  /** Oldest first. */
  rows: readonly PastTrace[];
  /** Steps that are still to be asked. */
  left: number;
}

/** Where in a completion the page looks: how many tokens of it were written. */
export interface TracePoint {
  completion: number;
  column: number;
}

interface TracesState {
  filter: Omit<TraceFilter, 'step' | 'kind'>;
  /** Null until somebody chose. */
  kind: TraceKind | null;
  scope: 'step' | 'all';
  /** What tokens are tinted by. */
  tint: 'logprob' | 'entropy' | 'advantage';
  list: Asked<TraceList>;
  group: Asked<TraceGroup>;
  point: TracePoint | null;
  /** Rank while thinking, asked for now, by completion of the group. */
  thinking: Readonly<Record<number, Asked<Thinking>>>;
  history: Asked<History>;
}

export const NO_FILTER: TracesState['filter'] = {
  text: '',
  depth: null,
  outcome: 'any',
  reward: 'any',
  advantage: 'any',
};

const empty: TracesState = {
  filter: NO_FILTER,
  kind: null,
  scope: 'step',
  tint: 'logprob',
  list: { state: 'none' },
  group: { state: 'none' },
  point: null,
  thinking: {},
  history: { state: 'none' },
};

export const useTraces = create<TracesState>()(() => empty);

/** What is shown while something else is asked for. */
export const shownOf = <T>(asked: Asked<T>): T | null =>
  asked.state === 'ready' ? asked.value : asked.state === 'pending' ? asked.last : null;

const failed = (error: unknown) => ({ state: 'failed' as const, reason: messageOf(error) });

/** Later questions make earlier answers nobody's. */
let listAsked = 0;
let groupAsked = 0;
let historyAsked = 0;

export function forgetTraces(): void {
  listAsked++;
  groupAsked++;
  historyAsked++;
  const { filter, kind, scope, tint } = useTraces.getState();
  useTraces.setState({ ...empty, filter, kind, scope, tint });
}

export async function askList(filter: TraceFilter): Promise<void> {
  const asked = ++listAsked;
  useTraces.setState(({ list }) => ({ list: { state: 'pending', last: shownOf(list) } }));
  try {
    const value = await lab.askRun((client, run) => client.records.traces(run, filter, null));
    if (asked === listAsked) useTraces.setState({ list: { state: 'ready', value } });
  } catch (error) {
    if (asked === listAsked) useTraces.setState({ list: failed(error) });
  }
}

export async function askMore(filter: TraceFilter): Promise<void> {
  const asked = ++listAsked;
  const last = shownOf(useTraces.getState().list);
  if (!last || last.next === null) return;
  const { groups, next } = last;
  useTraces.setState({ list: { state: 'pending', last } });
  try {
    const more = await lab.askRun((client, run) => client.records.traces(run, filter, next));
    const value = { groups: [...groups, ...more.groups], next: more.next };
    if (asked === listAsked) useTraces.setState({ list: { state: 'ready', value } });
  } catch (error) {
    if (asked === listAsked) useTraces.setState({ list: failed(error) });
  }
}

export async function askGroup(step: number, query: string, kind: TraceKind | null): Promise<void> {
  const asked = ++groupAsked;
  const shown = shownOf(useTraces.getState().group);
  const isSame = shown?.step === step && shown.query === query && (kind === null || shown.kind === kind);
  if (isSame) return;
  useTraces.setState({ group: { state: 'pending', last: shown } });
  try {
    const value = await lab.askRun((client, run) => client.records.traceGroup(run, step, query, kind));
    if (asked !== groupAsked) return;
    useTraces.setState({
      group: value
        ? { state: 'ready', value }
        : { state: 'failed', reason: `nothing was recorded of it at step ${step}` },
      point: null,
      thinking: {},
    });
  } catch (error) {
    if (asked === groupAsked) useTraces.setState({ group: failed(error) });
  }
}

/** Follows a completion of the group on the page with the nearest earlier model that was kept. */
export async function askThinking(completion: number): Promise<void> {
  const group = shownOf(useTraces.getState().group);
  const view = group?.completions[completion];
  const before = useTraces.getState().thinking[completion]?.state;
  if (!group || !view || before === 'pending' || before === 'ready') return;
  const put = (asked: Asked<Thinking>): void => {
    if (shownOf(useTraces.getState().group) !== group) return;
    useTraces.setState(({ thinking }) => ({ thinking: { ...thinking, [completion]: asked } }));
  };
  put({ state: 'pending', last: null });
  try {
    const request = { query: group.query, ids: view.ids, step: group.step };
    put({ state: 'ready', value: await lab.askRun((client, run) => client.model.think(run, request)) });
  } catch (error) {
    put(failed(error));
  }
}

/** Models that are asked for a query that no evaluation kept, at most. */
const MOST_MODELS = 12;

/** The same query through training: as evaluations kept it, else asked now of the models that were kept. */
export async function askHistory(query: string): Promise<void> {
  const asked = ++historyAsked;
  const put = (history: Asked<History>): boolean => {
    if (asked !== historyAsked) return false;
    useTraces.setState({ history });
    return true;
  };
  put({ state: 'pending', last: null });
  try {
    const kept = await lab.askRun((client, run) => client.records.traceHistory(run, query));
    if (kept.length > 0) {
      const rows = kept.map(({ step, completions }) => ({ step, completion: completions[0]! }));
      put({ state: 'ready', value: { query, rows, left: 0 } });
      return;
    }
    const steps = spread(await lab.askRun((client, run) => client.model.steps(run)), MOST_MODELS);
    const rows: PastTrace[] = [];
    for (const step of steps) {
      const completion = await lab.askRun((client, run) => client.model.think(run, { query, ids: null, step }));
      rows.push({ step: completion.step, completion });
      const value = { query, rows: [...rows], left: steps.length - rows.length };
      if (!put(value.left > 0 ? { state: 'pending', last: value } : { state: 'ready', value })) return;
    }
    if (steps.length === 0) put({ state: 'ready', value: { query, rows, left: 0 } });
  } catch (error) {
    put(failed(error));
  }
}

/** At most `count` of them, evenly spread, the last among them. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.round(((i + 1) * items.length) / count) - 1]!);
}

// Another run has other completions.
useRun.subscribe((state, before) => {
  if (state.name !== before.name) forgetTraces();
});
