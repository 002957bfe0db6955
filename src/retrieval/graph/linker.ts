import type { Adjacency } from './adjacency';
import { Beam } from './beam';
import { dot } from './vectors';

/** Chooses whom a node links to, so that few links lead in every direction. */
export class Linker {
  private readonly pool: Beam;
  private readonly kept: Int32Array;

  /**
   * @param alpha a candidate is dropped where `alpha × (its distance to a kept neighbour)` is at most its distance to the
   *   node: 1 is HNSW's rule, more keeps longer links (Vamana)
   */
  constructor(
    private readonly vectors: Float32Array,
    private readonly dimension: number,
    private readonly graph: Adjacency,
    private readonly alpha: number,
  ) {
    this.pool = new Beam(graph.degreeBound + 1);
    this.kept = new Int32Array(graph.degreeBound);
  }

  /** Cosine of two rows. */
  similarity(a: number, b: number): number {
    return dot(this.vectors, a * this.dimension, this.vectors, b * this.dimension, this.dimension);
  }

  /** Sets `node`'s out-neighbours to the diverse ones of `candidates` (best first), at most `limit`. */
  choose(node: number, candidates: Beam, limit: number): void {
    const { kept, alpha } = this;
    let count = 0;
    for (let c = 0; c < candidates.size && count < limit; c++) {
      const candidate = candidates.ids[c]!;
      if (candidate === node) continue;
      const toNode = 1 - candidates.scores[c]!;
      let diverse = true;
      for (let i = 0; i < count; i++) {
        if (alpha * (1 - this.similarity(candidate, kept[i]!)) <= toNode) {
          diverse = false;
          break;
        }
      }
      if (!diverse) continue;
      kept[count++] = candidate;
    }
    this.graph.replace(node, kept, count);
  }

  /** Adds `from → to` where it is missing; a full list is thinned with `to` among its candidates. */
  link(from: number, to: number): void {
    const { graph, pool } = this;
    if (graph.has(from, to)) return;
    if (!graph.isFull(from)) {
      graph.add(from, to);
      return;
    }
    pool.reset(graph.degreeBound + 1);
    const first = from * graph.degreeBound;
    for (let i = first; i < first + graph.degreeBound; i++) {
      const neighbour = graph.neighbours[i]!;
      pool.insert(neighbour, this.similarity(from, neighbour));
    }
    pool.insert(to, this.similarity(from, to));
    this.choose(from, pool, graph.degreeBound);
  }

  /** Links `node` to the diverse ones of `candidates`, both ways. */
  connect(node: number, candidates: Beam, limit: number): void {
    this.choose(node, candidates, limit);
    const { graph } = this;
    const first = node * graph.degreeBound;
    const last = first + graph.counts[node]!;
    for (let i = first; i < last; i++) this.link(graph.neighbours[i]!, node);
  }

  /** Whether another neighbour of `from` makes its edge to `to` needless, by the rule of `choose`. */
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
