import { create } from 'zustand';
import type { Thinking, TraceFilter, TraceGroup, TraceKind, TraceSummary, TraceView } from '../host/browser/api';
import { InputError } from '../lib/errors';
import { IDLE, latest, shownOf, type Asked } from './asked';
import { lab } from './lab';
import { nameOnPage, useRun } from './run';

export interface TraceList {
  groups: readonly TraceSummary[];
  /** The step to continue the list from; null at its end. */
  next: number | null;
}

/** A query's greedy completion by the model of a step. */
export interface PastTrace {
  step: number;
  completion: Omit<TraceView, 'advantage'>;
}
export interface History {
  query: string;
  /** The completions, oldest first. */
  rows: readonly PastTrace[];
  /** Number of kept models that still have to answer. */
  left: number;
}

/** A place in a completion: the number of tokens written so far. */
export interface TracePoint {
  completion: number;
  column: number;
}

interface TracesState {
  filter: Omit<TraceFilter, 'step' | 'kind'>;
  /** The kind of completions listed; null until the user chooses. */
  kind: TraceKind | null;
  scope: 'step' | 'all';
  /** The number that colours the tokens. */
  tint: 'logprob' | 'entropy' | 'advantage';
  list: Asked<TraceList>;
  group: Asked<TraceGroup>;
  point: TracePoint | null;
  /** Ranks while thinking that were computed on request, by completion of the group. */
  thinking: Readonly<Record<number, Asked<Thinking>>>;
  history: Asked<History>;
}

interface TracesActions {
  filterBy: (changes: Partial<TracesState['filter']>) => void;
  /**
   * Chooses the kind of completions. The old list is removed at once, so that no entry of it is opened while the new
   * one is read.
   */
  chooseKind: (kind: TraceKind) => void;
  listFrom: (scope: TracesState['scope']) => void;
  tintBy: (tint: TracesState['tint']) => void;
  pointAt: (point: TracePoint) => void;
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
  list: IDLE,
  group: IDLE,
  point: null,
  thinking: {},
  history: IDLE,
};

export const useTraces = create<TracesState & TracesActions>()((set) => ({
  ...empty,
  filterBy: (changes) => set(({ filter }) => ({ filter: { ...filter, ...changes } })),
  chooseKind: (kind) => set({ kind, list: { state: 'asking', last: null } }),
  listFrom: (scope) => set({ scope }),
  tintBy: (tint) => set({ tint }),
  pointAt: (point) => set({ point }),
}));

const lists = latest<TraceList>(
  () => useTraces.getState().list,
  (list) => useTraces.setState({ list }),
);
const groups = latest<TraceGroup>(
  () => useTraces.getState().group,
  (group) => useTraces.setState(group.state === 'answered' ? { group, point: null, thinking: {} } : { group }),
);
const histories = latest<History>(
  () => useTraces.getState().history,
  (history) => useTraces.setState({ history }),
);

function forgetTraces(): void {
  for (const questions of [lists, groups, histories]) questions.drop();
  const { filter, kind, scope, tint } = useTraces.getState();
  useTraces.setState({ ...empty, filter, kind, scope, tint });
}

export const askList = (filter: TraceFilter): Promise<void> =>
  lists.ask(() => lab.askRun((client, run) => client.records.traces(run, filter, null)));

export async function askMore(filter: TraceFilter): Promise<void> {
  const last = shownOf(useTraces.getState().list);
  if (!last || last.next === null) return;
  const { groups: before, next } = last;
  await lists.ask(async () => {
    const more = await lab.askRun((client, run) => client.records.traces(run, filter, next));
    return { groups: [...before, ...more.groups], next: more.next };
  });
}

export async function askGroup(step: number, query: string, kind: TraceKind | null): Promise<void> {
  const { group } = useTraces.getState();
  const shown = shownOf(group);
  if (shown?.step === step && shown.query === query && (kind === null || shown.kind === kind)) {
    // Other questions that are still open are not needed any more.
    if (group.state === 'asking') groups.drop();
    return;
  }
  await groups.ask(async () => {
    const found = await lab.askRun((client, run) => client.records.traceGroup(run, step, query, kind));
    if (!found) throw new InputError(`nothing was recorded of it at step ${step}`);
    return found;
  });
}

/**
 * Computes the rank while thinking of a completion of the group on the page, with the nearest earlier model that was
 * kept.
 */
export async function askThinking(completion: number): Promise<void> {
  const group = shownOf(useTraces.getState().group);
  const view = group?.completions[completion];
  const before = useTraces.getState().thinking[completion] ?? IDLE;
  if (!group || !view || before.state === 'asking' || before.state === 'answered') return;
  const put = (asked: Asked<Thinking>): void => {
    if (shownOf(useTraces.getState().group) !== group) return;
    useTraces.setState(({ thinking }) => ({ thinking: { ...thinking, [completion]: asked } }));
  };
  const request = { query: group.query, ids: view.ids, step: group.step };
  await latest<Thinking>(() => before, put).ask(() => lab.askRun((client, run) => client.model.think(run, request)));
}

/** The most kept models that answer a query that no evaluation kept. */
const MOST_MODELS = 12;

/** Shows the same query through training: as evaluations kept it, else as the kept models answer it now. */
export async function askHistory(query: string): Promise<void> {
  // Of another query nothing is shown meanwhile.
  useTraces.setState({ history: IDLE });
  await histories.ask(async ({ soFar }) => {
    const kept = await lab.askRun((client, run) => client.records.traceHistory(run, query));
    if (kept.length > 0) {
      return { query, rows: kept.map(({ step, completions }) => ({ step, completion: completions[0]! })), left: 0 };
    }
    const steps = spread(await lab.askRun((client, run) => client.model.steps(run)), MOST_MODELS);
    const rows: PastTrace[] = [];
    for (const step of steps) {
      const completion = await lab.askRun((client, run) => client.model.think(run, { query, ids: null, step }));
      rows.push({ step: completion.step, completion });
      const left = steps.length - rows.length;
      if (left > 0 && !soFar({ query, rows: [...rows], left })) break;
    }
    return { query, rows, left: 0 };
  });
}

/** At most `count` of the items, evenly spread, the last included. */
export function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return Array.from({ length: count }, (_, i) => items[Math.round(((i + 1) * items.length) / count) - 1]!);
}

// Another run has other completions.
useRun.subscribe((state, before) => {
  if (nameOnPage(state) !== nameOnPage(before)) forgetTraces();
});
