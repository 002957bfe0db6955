import type { Adjacency } from './adjacency';
import { reachableFrom } from './reachability';

export interface Integrity {
  ok: boolean;
  /** Sentences, at most `MOST_PROBLEMS`. */
  problems: string[];
  /** Nodes that cannot be reached from the entry. */
  unreachable: number;
  edges: number;
  /** Out-degrees. */
  degree: { min: number; mean: number; max: number };
}

const MOST_PROBLEMS = 20;

/**
 * Checks a graph: neighbours in range, no self-links, no duplicates, degrees within the bound, every node reachable
 * from `entry`.
 */
export function checkGraph(graph: Adjacency, entry: number): Integrity {
  const problems: string[] = [];
  const tell = (problem: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const { size, degreeBound, counts } = graph;
  let edges = 0;
  let min = Infinity;
  let max = 0;
  for (let node = 0; node < size; node++) {
    const count = counts[node]!;
    edges += count;
    min = Math.min(min, count);
    max = Math.max(max, count);
    if (count < 0 || count > degreeBound) {
      tell(`node ${node} has ${count} neighbours, at most ${degreeBound} are allowed`);
      continue;
    }
    const seen = new Set<number>();
    for (const to of graph.of(node)) {
      if (to < 0 || to >= size) tell(`node ${node} links to ${to}, outside 0 … ${size - 1}`);
      if (to === node) tell(`node ${node} links to itself`);
      if (seen.has(to)) tell(`node ${node} links to ${to} twice`);
      seen.add(to);
    }
  }
  const degree = { min, mean: edges / size, max };
  // A walk along broken links means nothing.
  if (problems.length > 0) return { ok: false, problems, unreachable: 0, edges, degree };
  const reached = reachableFrom(graph, entry);
  let unreachable = 0;
  for (let node = 0; node < size; node++) {
    if (reached[node] === 1) continue;
    unreachable++;
    tell(`node ${node} cannot be reached from the entry ${entry}`);
  }
  return { ok: unreachable === 0, problems, unreachable, edges, degree };
}
