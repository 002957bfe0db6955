import type { Adjacency } from './adjacency';
import { Beam } from './beam';
import { dot, dotPair } from './vectors';

/** Numbers of four bytes in a line of a processor's cache. */
const CACHE_LINE = 16;

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
  /** The neighbours of a node that this run had not seen. */
  private readonly fresh: Int32Array;
  /** The vectors as whole numbers, which are read without being converted. */
  private readonly bits: Int32Array;
  /** What was read ahead, kept so that no compiler leaves the reading out. */
  protected read = 0;

  constructor(
    private readonly vectors: Float32Array,
    private readonly dimension: number,
    private readonly graph: Adjacency,
  ) {
    this.marks = new Int32Array(graph.size);
    this.cosines = new Float64Array(graph.size);
    this.fresh = new Int32Array(graph.degreeBound);
    this.bits = new Int32Array(vectors.buffer, vectors.byteOffset, vectors.length);
  }

  /** The cosine of a node with the last run's query, NaN where that run did not see it: valid until a vector moves. */
  cosineOf(node: number): number {
    return this.marks[node] === this.epoch ? this.cosines[node]! : NaN;
  }

  /**
   * Starts from the best of `entries` and expands the best unexpanded node until the best `ef` are all expanded.
   * @param source the query is `source[start … start + d)`
   * @param path receives the expanded nodes in order
   * @param known the query's cosines with the entries (E), where they are known
   */
  run(
    source: Float32Array,
    start: number,
    entries: Int32Array,
    ef: number,
    path: number[] | null = null,
    known: Float64Array | null = null,
  ): Beam {
    const { beam, marks, fresh } = this;
    const { neighbours, counts, degreeBound } = this.graph;
    const epoch = this.nextEpoch();
    let hops = 0;
    let distances = entries.length;
    beam.reset(ef);
    for (let i = 0; i < entries.length; i++) marks[entries[i]!] = epoch;
    if (known === null) this.seeAll(entries, entries.length, source, start);
    else for (let i = 0; i < entries.length; i++) this.note(entries[i]!, known[i]!);
    for (let node = beam.next(); node >= 0; node = beam.next()) {
      hops++;
      if (path !== null) path.push(node);
      const first = node * degreeBound;
      const last = first + counts[node]!;
      let count = 0;
      for (let i = first; i < last; i++) {
        const neighbour = neighbours[i]!;
        if (marks[neighbour] === epoch) continue;
        marks[neighbour] = epoch;
        fresh[count++] = neighbour;
      }
      distances += count;
      this.seeAll(fresh, count, source, start);
    }
    this.distances = distances;
    this.hops = hops;
    return beam;
  }

  /** Computes the cosines of the first `count` of some nodes with the query, two at a time, in their order. */
  private seeAll(nodes: Int32Array, count: number, source: Float32Array, start: number): void {
    let read = 0;
    for (let i = 0; i + 1 < count; i += 2) {
      if (i + 2 < count) read |= this.readAhead(nodes[i + 2]!);
      if (i + 3 < count) read |= this.readAhead(nodes[i + 3]!);
      this.seePair(nodes[i]!, nodes[i + 1]!, source, start);
    }
    if (count % 2 === 1) this.see(nodes[count - 1]!, source, start);
    this.read = read;
  }

  /**
   * Reads a number of each cache line of a row, so that the row comes from memory while the one before it is computed: a large
   * corpus fits no cache, and its rows are met in no order.
   */
  private readAhead(node: number): number {
    const { bits, dimension } = this;
    const end = (node + 1) * dimension;
    let read = 0;
    for (let i = node * dimension; i < end; i += CACHE_LINE) read |= bits[i]!;
    return read;
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
