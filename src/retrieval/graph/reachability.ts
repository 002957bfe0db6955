import type { Adjacency } from './adjacency';
import type { Walk } from './walk';

/** Marks the nodes that a walk along out-edges from `start` reaches, (N) of 0 and 1. */
export function reachableFrom(graph: Adjacency, start: number): Uint8Array {
  const reached = new Uint8Array(graph.size);
  spread(graph, start, reached, new Int32Array(graph.size));
  return reached;
}

/** Marks `start` and everything newly reachable from it; returns how many were marked. */
function spread(graph: Adjacency, start: number, reached: Uint8Array, queue: Int32Array): number {
  const { neighbours, counts, degreeBound } = graph;
  let tail = 0;
  reached[start] = 1;
  queue[tail++] = start;
  for (let head = 0; head < tail; head++) {
    const first = queue[head]! * degreeBound;
    const last = first + counts[queue[head]!]!;
    for (let i = first; i < last; i++) {
      const to = neighbours[i]!;
      if (reached[to] === 1) continue;
      reached[to] = 1;
      queue[tail++] = to;
    }
  }
  return tail;
}

/**
 * Links every node that cannot be reached from `entry`, lowest id first, to the nearest reached node that a search
 * finds. A full list replaces its last edge, `host → lost`, by `host → node → lost`: what was reached stays reached, so
 * this ends.
 * @param walk searches the same graph; `vectors` (N, d) are the rows it searches.
 * @returns number of nodes that had to be linked
 */
export function restoreReachability(
  graph: Adjacency,
  entry: number,
  walk: Walk,
  vectors: Float32Array,
  dimension: number,
  ef: number,
): number {
  const reached = new Uint8Array(graph.size);
  const queue = new Int32Array(graph.size);
  const entries = Int32Array.of(entry);
  let left = graph.size - spread(graph, entry, reached, queue);
  let linked = 0;
  for (let node = 0; left > 0 && node < graph.size; node++) {
    if (reached[node] === 1) continue;
    // From the entry alone, so that all it finds are reached nodes.
    const found = walk.run(vectors, node * dimension, entries, ef);
    adopt(graph, hostAmong(graph, found.ids, found.size), node);
    left -= spread(graph, node, reached, queue);
    linked++;
  }
  return linked;
}

/** The nearest of the found nodes that has room for a link, else the nearest. */
function hostAmong(graph: Adjacency, found: Int32Array, count: number): number {
  for (let i = 0; i < count; i++) if (!graph.isFull(found[i]!)) return found[i]!;
  return found[0]!;
}

function adopt(graph: Adjacency, host: number, node: number): void {
  if (!graph.isFull(host)) {
    graph.add(host, node);
    return;
  }
  const lost = lastNeighbour(graph, host);
  graph.remove(host, lost);
  graph.add(host, node);
  if (lost === node || graph.has(node, lost)) return;
  // Nothing reached depends on the out-edges of a node that was not reached.
  if (graph.isFull(node)) graph.remove(node, lastNeighbour(graph, node));
  graph.add(node, lost);
}

function lastNeighbour(graph: Adjacency, node: number): number {
  return graph.neighbours[node * graph.degreeBound + graph.counts[node]! - 1]!;
}
