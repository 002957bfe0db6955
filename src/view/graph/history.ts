import { leading } from '../../lib/ascending';
import type { GraphRecord, GraphSearch, GraphStart } from '../../records/records';

/** The value for a free place in a list of neighbours. */
const NO_EDGE = 0xffffffff;

/** A step's refresh as the page keeps it, in a tenth of the record's memory. */
export interface Refresh {
  step: number;
  /** Pairs from, to: (2 × edges). */
  added: Int32Array;
  removed: Int32Array;
  /** Ids of the re-encoded documents, the drift of each and its age in steps, (n) each. */
  reencoded: Int32Array;
  drift: Float32Array;
  age: Int32Array;
  compensated: { count: number; mean_drift: number };
  searches: readonly GraphSearch[];
  recall: number | null;
  reward_error: number | null;
}

/** The graph and the state of each document after a step, computed from the records. */
export interface ReplayedGraph {
  /** Index in the history: 0 is the start, n the nth refresh. */
  index: number;
  step: number;
  edges: number;
  /** Neighbours of each document, (N × degree bound); NO_EDGE where a place is free. */
  targets: Uint32Array<ArrayBuffer>;
  /** Number of neighbours of each document, (N). */
  counts: Int32Array<ArrayBuffer>;
  /** Step of each document's last encoding, (N). */
  encodedAt: Int32Array<ArrayBuffer>;
  /** Drift measured at the last re-encoding, (N); −1 where there was none. */
  drift: Float32Array<ArrayBuffer>;
  /**
   * Mean of 1 / log2(1 + rank) over the last step's searches for which the document is relevant, (N); −1 where there
   * was none.
   */
  reward: Float32Array<ArrayBuffer>;
  /** Step of the last search that returned the document, (N); −1 where none did. */
  foundAt: Int32Array<ArrayBuffer>;
}

/** The most refreshes between two keyframes, and about the most changed edges. */
const FAR = 16;
const MANY_EDITS = 20_000;
const KEYFRAME_BYTES = 64e6;

/**
 * The graph of a run through its steps: any step can be computed at once, from the keyframe before it and the edits
 * after that.
 */
export class GraphHistory {
  readonly documents: number;
  readonly degreeBound: number;
  private readonly refreshes: Refresh[] = [];
  private keyframes: ReplayedGraph[];
  private readonly head: ReplayedGraph;
  private readonly seen: ReplayedGraph;
  /** Factor on the distance of keyframes, which doubles when they take too much memory. */
  private spacing = 1;
  private edits = 0;

  constructor(start: GraphStart) {
    this.documents = start.counts.length;
    this.degreeBound = start.degree_bound;
    this.head = startState(start);
    this.seen = cloneState(this.head);
    this.keyframes = [cloneState(this.head)];
  }

  get length(): number {
    return this.refreshes.length;
  }

  /** Adds a record. @throws Error where it does not follow from those before it */
  add(record: GraphRecord): void {
    if (record.step <= this.head.step) throw new Error(`the refresh of step ${record.step} came after a later one`);
    const refresh = compact(record);
    this.apply(this.head, refresh);
    this.refreshes.push(refresh);
    this.edits += refresh.added.length + refresh.removed.length;
    const last = this.keyframes.at(-1)!;
    if (this.head.index - last.index < FAR * this.spacing && this.edits < 2 * MANY_EDITS * this.spacing) return;
    this.edits = 0;
    this.keyframes.push(cloneState(this.head));
    if (this.keyframes.length * bytesOf(this.head) > KEYFRAME_BYTES) {
      this.keyframes = this.keyframes.filter((_, i) => i % 2 === 0);
      this.spacing *= 2;
    }
  }

  /** Index of the last refresh at or before `step`; 0 where there is none. */
  indexAt(step: number): number {
    return leading(this.refreshes.length, (at) => this.refreshes[at]!.step <= step);
  }

  /** The `index`th refresh, from 1. */
  refresh(index: number): Refresh | undefined {
    return this.refreshes[index - 1];
  }

  /** The step of an index in the history. */
  stepOf(index: number): number {
    return index === 0 ? this.keyframes[0]!.step : this.refreshes[index - 1]!.step;
  }

  /** Number of edges after the `index`th refresh. */
  edgesAt(index: number): number {
    const changes = this.refreshes.slice(0, index).map(({ added, removed }) => (added.length - removed.length) / 2);
    return changes.reduce((sum, change) => sum + change, this.keyframes[0]!.edges);
  }

  /** The graph after the `index`th refresh; valid until the next call. */
  at(index: number): ReplayedGraph {
    const wanted = Math.max(0, Math.min(this.refreshes.length, index));
    const from = this.keyframes.findLast((keyframe) => keyframe.index <= wanted)!;
    const { seen } = this;
    if (seen.index > wanted || seen.index < from.index) copyState(from, seen);
    while (seen.index < wanted) this.apply(seen, this.refreshes[seen.index]!);
    return seen;
  }

  private apply(state: ReplayedGraph, refresh: Refresh): void {
    const { added, removed, reencoded, drift, searches, step } = refresh;
    const bound = this.degreeBound;
    for (let i = 0; i < removed.length; i += 2) removeEdge(state, bound, removed[i]!, removed[i + 1]!, step);
    for (let i = 0; i < added.length; i += 2) addEdge(state, bound, added[i]!, added[i + 1]!, step);
    state.edges += (added.length - removed.length) / 2;
    for (let i = 0; i < reencoded.length; i++) {
      state.encodedAt[reencoded[i]!] = step;
      state.drift[reencoded[i]!] = drift[i]!;
    }
    for (const { found } of searches) for (const document of found) state.foundAt[document] = step;
    for (const [document, reward] of rewardsOf(searches)) state.reward[document] = reward;
    state.step = step;
    state.index += 1;
  }
}

/**
 * For each document, the mean of 1 / log2(1 + rank) over the searches for which it is relevant; 0 counts where a search
 * did not find it.
 */
export function rewardsOf(searches: readonly GraphSearch[]): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { wanted, rank_after } of searches) {
    const reward = rank_after > 0 ? 1 / Math.log2(1 + rank_after) : 0;
    for (const document of wanted) {
      const { sum, count } = sums.get(document) ?? { sum: 0, count: 0 };
      sums.set(document, { sum: sum + reward, count: count + 1 });
    }
  }
  return new Map([...sums].map(([document, { sum, count }]) => [document, sum / count]));
}

/** Neighbours of some documents before a step, from the graph after it and the step's edits. */
export function edgesBefore(
  after: ReplayedGraph,
  bound: number,
  { added, removed }: Pick<Refresh, 'added' | 'removed'>,
  documents: readonly number[],
): Map<number, number[]> {
  const before = new Map(
    documents.map((from) => [from, [...after.targets.subarray(from * bound, from * bound + after.counts[from]!)]]),
  );
  for (let i = 0; i < added.length; i += 2) {
    const list = before.get(added[i]!);
    const at = list?.indexOf(added[i + 1]!) ?? -1;
    if (at >= 0) list?.splice(at, 1);
  }
  for (let i = 0; i < removed.length; i += 2) before.get(removed[i]!)?.push(removed[i + 1]!);
  return before;
}

/** Index of an edge among the graph's targets; −1 where it is not there. */
function placeOf(state: ReplayedGraph, bound: number, from: number, to: number): number {
  const start = from * bound;
  const end = start + state.counts[from]!;
  for (let i = start; i < end; i++) if (state.targets[i] === to) return i;
  return -1;
}

function removeEdge(state: ReplayedGraph, bound: number, from: number, to: number, step: number): void {
  const at = placeOf(state, bound, from, to);
  if (at < 0) throw new Error(`step ${step} removes the edge ${from} to ${to}, which is not there`);
  const last = from * bound + state.counts[from]! - 1;
  state.targets[at] = state.targets[last]!;
  state.targets[last] = NO_EDGE;
  state.counts[from] = state.counts[from]! - 1;
}

function addEdge(state: ReplayedGraph, bound: number, from: number, to: number, step: number): void {
  const count = state.counts[from]!;
  if (count >= bound) throw new Error(`step ${step} adds the edge ${from} to ${to} to a full list`);
  state.targets[from * bound + count] = to;
  state.counts[from] = count + 1;
}

function startState({ step, degree_bound: bound, counts, neighbours }: GraphStart): ReplayedGraph {
  const documents = counts.length;
  const targets = new Uint32Array(documents * bound).fill(NO_EDGE);
  let end = 0;
  for (let document = 0; document < documents; document++) {
    targets.set(neighbours.subarray(end, end + counts[document]!), document * bound);
    end += counts[document]!;
  }
  return {
    index: 0,
    step,
    edges: end,
    targets,
    counts: counts.slice(),
    encodedAt: new Int32Array(documents).fill(step),
    drift: new Float32Array(documents).fill(-1),
    reward: new Float32Array(documents).fill(-1),
    foundAt: new Int32Array(documents).fill(-1),
  };
}

const cloneState = (state: ReplayedGraph): ReplayedGraph => ({
  ...state,
  targets: state.targets.slice(),
  counts: state.counts.slice(),
  encodedAt: state.encodedAt.slice(),
  drift: state.drift.slice(),
  reward: state.reward.slice(),
  foundAt: state.foundAt.slice(),
});

function copyState(from: ReplayedGraph, to: ReplayedGraph): void {
  to.index = from.index;
  to.step = from.step;
  to.edges = from.edges;
  to.targets.set(from.targets);
  to.counts.set(from.counts);
  to.encodedAt.set(from.encodedAt);
  to.drift.set(from.drift);
  to.reward.set(from.reward);
  to.foundAt.set(from.foundAt);
}

const bytesOf = ({ targets, counts }: ReplayedGraph): number => 4 * targets.length + 20 * counts.length;

const pairs = (edges: readonly [number, number][]): Int32Array => {
  const flat = new Int32Array(2 * edges.length);
  edges.forEach(([from, to], i) => flat.set([from, to], 2 * i));
  return flat;
};

function compact({ reencoded, added, removed, ...rest }: GraphRecord): Refresh {
  return {
    ...rest,
    added: pairs(added),
    removed: pairs(removed),
    reencoded: Int32Array.from(reencoded, ({ doc }) => doc),
    drift: Float32Array.from(reencoded, ({ drift }) => drift),
    age: Int32Array.from(reencoded, ({ age }) => age),
  };
}
