/** Directed edges that a change added and removed, `[from, to]`, ascending. */
export interface EdgeEdits {
  added: [number, number][];
  removed: [number, number][];
}

/** Out-edges of every node, at most `degreeBound` each, in one typed array without an object per node. */
export class Adjacency {
  /** The lists of nodes before their first change since `beginJournal`, by node; null where no changes are recorded. */
  private journal: Map<number, Int32Array> | null = null;

  /**
   * @param neighbours (N × degreeBound), the first `counts[node]` of a node's row being its neighbours
   * @param counts (N)
   */
  constructor(
    readonly size: number,
    readonly degreeBound: number,
    readonly neighbours = new Int32Array(size * degreeBound),
    readonly counts = new Int32Array(size),
  ) {}

  has(from: number, to: number): boolean {
    const start = from * this.degreeBound;
    const end = start + this.counts[from]!;
    for (let i = start; i < end; i++) if (this.neighbours[i] === to) return true;
    return false;
  }

  isFull(node: number): boolean {
    return this.counts[node]! >= this.degreeBound;
  }

  /** A copy of a node's out-neighbours. */
  of(node: number): Int32Array {
    const start = node * this.degreeBound;
    return this.neighbours.slice(start, start + this.counts[node]!);
  }

  /** Adds an edge that is not there yet, to a node that is not full. */
  add(from: number, to: number): void {
    this.remember(from);
    this.neighbours[from * this.degreeBound + this.counts[from]!] = to;
    this.counts[from] = this.counts[from]! + 1;
  }

  /** Removes an edge; the order of the others stays. */
  remove(from: number, to: number): void {
    this.remember(from);
    const start = from * this.degreeBound;
    const end = start + this.counts[from]!;
    const at = this.neighbours.indexOf(to, start);
    if (at < 0 || at >= end) return;
    this.neighbours.copyWithin(at, at + 1, end);
    this.counts[from] = this.counts[from]! - 1;
  }

  /** Sets a node's out-neighbours to the first `count` of `list`. */
  replace(node: number, list: Int32Array, count: number): void {
    this.remember(node);
    const start = node * this.degreeBound;
    for (let i = 0; i < count; i++) this.neighbours[start + i] = list[i]!;
    this.counts[node] = count;
  }

  /** Starts to record changes. */
  beginJournal(): void {
    this.journal = new Map();
  }

  /** The net change since `beginJournal`. */
  endJournal(): EdgeEdits {
    const edits: EdgeEdits = { added: [], removed: [] };
    const nodes = Int32Array.from(this.journal?.keys() ?? []).sort();
    for (const node of nodes) {
      const before = this.journal?.get(node) ?? new Int32Array(0);
      diffLists(node, before, this.of(node), edits);
    }
    this.journal = null;
    return edits;
  }

  private remember(node: number): void {
    if (this.journal !== null && !this.journal.has(node)) this.journal.set(node, this.of(node));
  }
}

type Lists = Pick<Adjacency, 'size' | 'of'>;

/** The edits that lead from one graph to another over the same nodes. */
export function diffGraphs(before: Lists, after: Lists): EdgeEdits {
  const edits: EdgeEdits = { added: [], removed: [] };
  for (let node = 0; node < after.size; node++) diffLists(node, before.of(node), after.of(node), edits);
  return edits;
}

function diffLists(node: number, before: Int32Array, after: Int32Array, edits: EdgeEdits): void {
  for (const to of after.slice().sort()) if (!before.includes(to)) edits.added.push([node, to]);
  for (const to of before.slice().sort()) if (!after.includes(to)) edits.removed.push([node, to]);
}
