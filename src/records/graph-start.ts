import type { GraphStart } from './records';

/** The contents of `graph-start.json`: each document's out-edges as a list. */
export interface GraphStartFile {
  step: number;
  degree_bound: number;
  neighbours: number[][];
}

export function writeGraphStart({ step, degree_bound, counts, neighbours }: GraphStart): GraphStartFile {
  let end = 0;
  const lists = Array.from(counts, (count) => [...neighbours.subarray(end, (end += count))]);
  return { step, degree_bound, neighbours: lists };
}

export function readGraphStart({ step, degree_bound, neighbours }: GraphStartFile): GraphStart {
  return {
    step,
    degree_bound,
    counts: Int32Array.from(neighbours, ({ length }) => length),
    neighbours: Int32Array.from(neighbours.flat()),
  };
}
