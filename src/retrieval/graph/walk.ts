import type { Adjacency } from './adjacency';
import { Beam } from './beam';
import { dot, dotPair } from './vectors';

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
  /** (N): of a node that was seen in this run, its cosine with the query. */
  private readonly cosines: Float64Array;
  private readonly pair = new Float64Array(2);

  constructor(
    private readonly vectors: Float32Array,
    private readonly dimension: number,
    private readonly graph: Adjacency,
  ) {
    this.marks = new Int32Array(graph.size);
    this.cosines = new Float64Array(graph.size);
  }

  /** The cosine of a node with the last run's query, NaN where that run did not see it: valid until a vector moves. */
  cosineOf(node: number): number {
    return this.marks[node] === this.epoch ? this.cosines[node]! : NaN;
  }

  /**
   * Starts from the best of `entries` and expands the best unexpanded node until the best `ef` are all expanded.
   * @param source the query is `source[start … start + d)`
   * @param path receives the expanded nodes in order
   */
  run(source: Float32Array, start: number, entries: Int32Array, ef: number, path: number[] | null = null): Beam {
    const { beam, marks } = this;
    const { neighbours, counts, degreeBound } = this.graph;
    const epoch = this.nextEpoch();
    let hops = 0;
    let distances = entries.length;
    beam.reset(ef);
    for (let i = 0; i < entries.length; i++) marks[entries[i]!] = epoch;
    const even = entries.length & ~1;
    for (let i = 0; i < even; i += 2) this.seePair(entries[i]!, entries[i + 1]!, source, start);
    if (even < entries.length) this.see(entries[even]!, source, start);
    for (let node = beam.next(); node >= 0; node = beam.next()) {
      hops++;
      if (path !== null) path.push(node);
      const first = node * degreeBound;
      const last = first + counts[node]!;
      // Two at a time, each pair in the order of the list.
      let waiting = -1;
      for (let i = first; i < last; i++) {
        const neighbour = neighbours[i]!;
        if (marks[neighbour] === epoch) continue;
        marks[neighbour] = epoch;
        distances++;
        if (waiting < 0) waiting = neighbour;
        else {
          this.seePair(waiting, neighbour, source, start);
          waiting = -1;
        }
      }
      if (waiting >= 0) this.see(waiting, source, start);
    }
    this.distances = distances;
    this.hops = hops;
    return beam;
  }

  private see(node: number, source: Float32Array, start: number): void {
    const { vectors, dimension } = this;
    this.note(node, dot(vectors, node * dimension, source, start, dimension));
  }

  private seePair(first: number, second: number, source: Float32Array, start: number): void {
    const { vectors, dimension, pair } = this;
    dotPair(vectors, first * dimension, second * dimension, source, start, dimension, pair);
    this.note(first, pair[0]!);
    this.note(second, pair[1]!);
  }

  private note(node: number, cosine: number): void {
    this.cosines[node] = cosine;
    this.beam.insert(node, cosine);
  }

  private nextEpoch(): number {
    if (this.epoch === 0x7fffffff) {
      this.marks.fill(0);
      this.epoch = 0;
    }
    return ++this.epoch;
  }
}
