import type { Adjacency } from './adjacency';
import { Beam } from './beam';
import { dot, dotPair } from './vectors';
import type { Walk } from './walk';

/**
 * What a build knows of the lists that it has made, and need not compute again while no vector moves: the cosine of every
 * edge, and which neighbours `choose` has found diverse among themselves.
 */
class MadeLists {
  /** (N × degreeBound), as the neighbours stand. */
  readonly scores: Float64Array;
  /** (N): so many of a list's first neighbours were chosen together; those behind were added since. */
  readonly together: Int32Array;
  /** (N): 1 for the first of these in the list that is being thinned. */
  readonly isTogether: Uint8Array;

  constructor({ size, degreeBound }: Adjacency) {
    this.scores = new Float64Array(size * degreeBound);
    this.together = new Int32Array(size);
    this.isTogether = new Uint8Array(size);
  }
}

/** Chooses whom a node links to, so that few links lead in every direction. */
export class Linker {
  private readonly pool: Beam;
  private readonly kept: Int32Array;
  private readonly keptScores: Float64Array;
  private readonly before: Int32Array;
  private readonly pair = new Float64Array(2);
  private made: MadeLists | null = null;
  /** The node that is being connected, the query of the walk's last run; -1: none is. */
  private connected = -1;

  /**
   * @param alpha a candidate is dropped where `alpha × (its distance to a kept neighbour)` is at most its distance to the
   *   node: 1 is HNSW's rule, more keeps longer links (Vamana)
   * @param walk knows cosines of the node that it was last asked for
   */
  constructor(
    private readonly vectors: Float32Array,
    private readonly dimension: number,
    private readonly graph: Adjacency,
    private readonly alpha: number,
    private readonly walk: Pick<Walk, 'cosineOf'>,
  ) {
    this.pool = new Beam(graph.degreeBound + 1);
    this.kept = new Int32Array(graph.degreeBound);
    this.keptScores = new Float64Array(graph.degreeBound);
    this.before = new Int32Array(graph.degreeBound);
  }

  /** Runs `work`, in which no vector moves and this linker alone changes edges of what was an empty graph. */
  building(work: () => void): void {
    this.made = new MadeLists(this.graph);
    work();
    this.made = null;
  }

  /** Cosine of two rows. */
  similarity(a: number, b: number): number {
    return dot(this.vectors, a * this.dimension, this.vectors, b * this.dimension, this.dimension);
  }

  /** The same, as the walk found it where one of them is the node that is being connected and it saw the other; else NaN. */
  private known(a: number, b: number): number {
    if (a !== this.connected && b !== this.connected) return NaN;
    return this.walk.cosineOf(a === this.connected ? b : a);
  }

  /**
   * Whether one of the first `count` kept neighbours is so near to `candidate` that it needs no link of its own.
   * @param limit a kept neighbour does where `alpha × (its distance)` is at most this
   * @param isTogether whether the candidate was chosen together with those that are marked, none of which does
   */
  private isCovered(candidate: number, count: number, limit: number, isTogether: boolean): boolean {
    const { vectors, dimension, kept, alpha, made, pair } = this;
    // Most cover nothing, so two at a time lose little and read the candidate once for both.
    let waiting = -1;
    for (let i = 0; i < count; i++) {
      const neighbour = kept[i]!;
      if (isTogether && made?.isTogether[neighbour] === 1) continue;
      const cosine = this.known(candidate, neighbour);
      if (!Number.isNaN(cosine)) {
        if (alpha * (1 - cosine) <= limit) return true;
      } else if (waiting < 0) {
        waiting = neighbour;
      } else {
        dotPair(vectors, waiting * dimension, neighbour * dimension, vectors, candidate * dimension, dimension, pair);
        if (alpha * (1 - pair[0]!) <= limit || alpha * (1 - pair[1]!) <= limit) return true;
        waiting = -1;
      }
    }
    return waiting >= 0 && alpha * (1 - this.similarity(candidate, waiting)) <= limit;
  }

  /** Sets `node`'s out-neighbours to the diverse ones of `candidates` (best first), at most `limit`. */
  choose(node: number, candidates: Beam, limit: number): void {
    const { kept, keptScores, made } = this;
    let count = 0;
    for (let c = 0; c < candidates.size && count < limit; c++) {
      const candidate = candidates.ids[c]!;
      if (candidate === node) continue;
      const score = candidates.scores[c]!;
      const isTogether = made !== null && made.isTogether[candidate] === 1;
      if (this.isCovered(candidate, count, 1 - score, isTogether)) continue;
      keptScores[count] = score;
      kept[count++] = candidate;
    }
    this.graph.replace(node, kept, count);
    if (made === null) return;
    const first = node * this.graph.degreeBound;
    for (let i = 0; i < count; i++) made.scores[first + i] = keptScores[i]!;
    made.together[node] = count;
  }

  /** Adds `from → to` where it is missing; a full list is thinned with `to` among its candidates. */
  link(from: number, to: number, known?: number): void {
    const { graph, pool, made } = this;
    if (graph.has(from, to)) return;
    const score = known ?? this.similarity(from, to);
    const first = from * graph.degreeBound;
    if (!graph.isFull(from)) {
      if (made !== null) made.scores[first + graph.counts[from]!] = score;
      graph.add(from, to);
      return;
    }
    pool.reset(graph.degreeBound + 1);
    for (let i = first; i < first + graph.degreeBound; i++) {
      const neighbour = graph.neighbours[i]!;
      pool.insert(neighbour, made === null ? this.similarity(from, neighbour) : made.scores[i]!);
    }
    pool.insert(to, score);
    if (made === null) {
      this.choose(from, pool, graph.degreeBound);
      return;
    }
    // A copy: `choose` writes the list.
    const { before } = this;
    const count = made.together[from]!;
    for (let i = 0; i < count; i++) {
      before[i] = graph.neighbours[first + i]!;
      made.isTogether[before[i]!] = 1;
    }
    this.choose(from, pool, graph.degreeBound);
    for (let i = 0; i < count; i++) made.isTogether[before[i]!] = 0;
  }

  /** Links `node`, which the walk was last asked for, to the diverse ones of `candidates`, both ways. */
  connect(node: number, candidates: Beam, limit: number): void {
    this.connected = node;
    this.choose(node, candidates, limit);
    const { graph, made } = this;
    const first = node * graph.degreeBound;
    const last = first + graph.counts[node]!;
    for (let i = first; i < last; i++) this.link(graph.neighbours[i]!, node, made?.scores[i]);
    this.connected = -1;
  }

  /** Whether another neighbour of `from` makes its edge to `to` unnecessary, by the rule of `choose`. */
  isDominated(from: number, to: number): boolean {
    const { graph, alpha } = this;
    const length = 1 - this.similarity(from, to);
    const first = from * graph.degreeBound;
    const last = first + graph.counts[from]!;
    for (let i = first; i < last; i++) {
      const other = graph.neighbours[i]!;
      if (other === to || alpha * (1 - this.similarity(other, to)) > length) continue;
      if (1 - this.similarity(from, other) < length) return true;
    }
    return false;
  }
}
