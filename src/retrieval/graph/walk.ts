import type { Adjacency } from './adjacency';
import { Beam } from './beam';
import { dot } from './vectors';

/** Best-first search over a graph (Malkov and Yashunin 2016, algorithm 2), with its scratch space. */
export class Walk {
  /** The nodes that the last `run` found, best first. */
  readonly beam = new Beam(64);
  /** Number of cosines that the last `run` computed. */
  distances = 0;
  /** Number of nodes that the last `run` expanded. */
  hops = 0;
  /**
   * The run in which each node was last seen: a node was seen in this run where its mark equals the epoch, so that
   * nothing is cleared between runs.
   */
  private readonly marks: Int32Array;
  private epoch = 0;

  constructor(
    private readonly vectors: Float32Array,
    private readonly dimension: number,
    private readonly graph: Adjacency,
  ) {
    this.marks = new Int32Array(graph.size);
  }

  /**
   * Starts from the best of `entries` and expands the best unexpanded node until the best `ef` are all expanded.
   * @param source the query is `source[start … start + d)`
   * @param path receives the expanded nodes in order
   */
  run(source: Float32Array, start: number, entries: Int32Array, ef: number, path: number[] | null = null): Beam {
    const { beam, marks, vectors, dimension } = this;
    const { neighbours, counts, degreeBound } = this.graph;
    const epoch = this.nextEpoch();
    let hops = 0;
    beam.reset(ef);
    let distances = 0;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      marks[entry] = epoch;
      distances++;
      beam.insert(entry, dot(vectors, entry * dimension, source, start, dimension));
    }
    for (let node = beam.next(); node >= 0; node = beam.next()) {
      hops++;
      if (path !== null) path.push(node);
      const first = node * degreeBound;
      const last = first + counts[node]!;
      for (let i = first; i < last; i++) {
        const neighbour = neighbours[i]!;
        if (marks[neighbour] === epoch) continue;
        marks[neighbour] = epoch;
        distances++;
        beam.insert(neighbour, dot(vectors, neighbour * dimension, source, start, dimension));
      }
    }
    this.distances = distances;
    this.hops = hops;
    return beam;
  }

  private nextEpoch(): number {
    if (this.epoch === 0x7fffffff) {
      this.marks.fill(0);
      this.epoch = 0;
    }
    return ++this.epoch;
  }
}
