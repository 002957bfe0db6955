import { InputError } from '../../lib/errors';
import { Random } from '../../lib/philox';
import { checkSearch, type SearchIndex, type SearchResult } from '../search-index';
import { Adjacency, type EdgeEdits } from './adjacency';
import { chooseEntries } from './entries';
import { EntryTable } from './entry-table';
import { checkGraph, type Integrity } from './integrity';
import { Linker } from './linker';
import { restoreReachability } from './reachability';
import { checkGraphSettings, GRAPH_DEFAULTS, type GraphSettings } from './settings';
import { checkRows } from './vectors';
import { Walk } from './walk';

/** The state of a graph beside its vectors and settings, for exact resume. */
export interface GraphState {
  /** (N × 2m) */
  neighbours: Int32Array;
  /** (N) */
  counts: Int32Array;
  /** Nodes where every search starts; every node is reachable from the first. */
  entries: Int32Array;
}

/**
 * A navigable neighbour graph for approximate search: one layer with diverse links, both ways where there is room,
 * entered at the best of some spread rows: HNSW's base layer with Vamana's `alpha`. `docs/decisions/graph-index.md` has
 * the figures behind this choice. The same vectors, settings and seed give the same graph.
 */
export class GraphIndex implements SearchIndex {
  readonly size: number;
  readonly settings: Readonly<GraphSettings>;
  private readonly graph: Adjacency;
  private readonly walk: Walk;
  private readonly linker: Linker;

  private constructor(
    private readonly vectors: Float32Array,
    readonly dimension: number,
    settings: GraphSettings,
    private readonly entries: Int32Array,
    graph: Adjacency,
  ) {
    this.size = graph.size;
    this.settings = settings;
    this.graph = graph;
    this.walk = new Walk(vectors, dimension, graph);
    this.linker = new Linker(vectors, dimension, graph, settings.alpha, this.walk);
  }

  /**
   * Builds a graph.
   * @param vectors L2-normalised rows (N, d), kept by reference: whoever changes rows then calls `repair` with their
   * ids.
   * @param seed of the insertion order and the entries (stream `graph`).
   * @throws InputError where rows or settings are not as expected
   */
  static build(vectors: Float32Array, dimension: number, settings: Partial<GraphSettings> = {}, seed = 0): GraphIndex {
    const all = { ...GRAPH_DEFAULTS, ...settings };
    checkGraphSettings(all);
    const size = checkRows(vectors, dimension, 'graph index');
    const graph = new Adjacency(size, 2 * all.m);
    const count = Math.max(1, Math.min(size, Math.round(all.entry_factor * Math.sqrt(size))));
    const entries = chooseEntries(vectors, dimension, count, seed);
    const index = new GraphIndex(vectors, dimension, all, entries, graph);
    index.insertAll(seed);
    return index;
  }

  /**
   * Makes the graph that `state` describes, over the same vectors.
   * @throws InputError where the state does not fit or is damaged.
   */
  static restore(
    vectors: Float32Array,
    dimension: number,
    settings: Partial<GraphSettings>,
    state: GraphState,
  ): GraphIndex {
    const all = { ...GRAPH_DEFAULTS, ...settings };
    checkGraphSettings(all);
    const size = checkRows(vectors, dimension, 'graph index');
    const { neighbours, counts, entries } = state;
    if (counts.length !== size || neighbours.length !== size * 2 * all.m) {
      throw new InputError(`graph state: it is for ${counts.length} nodes, expected ${size} of degree ${2 * all.m}`);
    }
    if (entries.length === 0 || entries.some((entry) => entry < 0 || entry >= size)) {
      throw new InputError('graph state: its entries are missing or outside the corpus');
    }
    const graph = new Adjacency(size, 2 * all.m, neighbours.slice(), counts.slice());
    const index = new GraphIndex(vectors, dimension, all, entries.slice(), graph);
    const { ok, problems } = index.checkIntegrity();
    if (!ok) throw new InputError(`graph state: ${problems[0]}`);
    return index;
  }

  state(): GraphState {
    const { neighbours, counts } = this.graph;
    return { neighbours: neighbours.slice(), counts: counts.slice(), entries: this.entries.slice() };
  }

  /** The graph's out-edges, read only. */
  get adjacency(): Pick<Adjacency, 'size' | 'degreeBound' | 'of' | 'has'> {
    return this.graph;
  }

  /** @param options `ef` in place of the settings'; `path` asks for the path */
  search(query: Float32Array, k: number, options: { ef?: number; path?: boolean } = {}): SearchResult {
    checkSearch(this, query, k);
    const path: number[] | null = options.path === true ? [] : null;
    const ef = Math.max(k, options.ef ?? this.settings.ef);
    // Every node can be reached, so a beam of k or more ends with at least k nodes.
    const beam = this.walk.run(query, 0, this.entries, ef, path);
    return {
      ids: beam.ids.slice(0, k),
      scores: Float32Array.from(beam.scores.subarray(0, k)),
      ...(path === null ? {} : { path: Int32Array.from(path) }),
      distances: this.walk.distances,
      hops: this.walk.hops,
    };
  }

  /**
   * Moves nodes whose vectors have changed to their right neighbourhoods: chooses their out-edges again among the nodes
   * that a search finds there and their old neighbours, adds edges back to them, drops other nodes' edges to them that
   * the diversity rule no longer needs, and makes everything reachable again.
   * @param nodes ids; their order does not matter.
   * @returns the net change of edges.
   * @throws InputError for an id outside the corpus
   */
  repair(nodes: ArrayLike<number>): EdgeEdits {
    const moved = [...new Set(Array.from(nodes))].sort((a, b) => a - b);
    for (const node of moved) {
      if (!Number.isInteger(node) || node < 0 || node >= this.size) {
        throw new InputError(`repair: ${node} is no row, expected 0 … ${this.size - 1}`);
      }
    }
    this.graph.beginJournal();
    const linkedFrom = this.inEdges(moved);
    for (const node of moved) this.relink(node, linkedFrom.get(node) ?? []);
    this.restoreReachability();
    return this.graph.endJournal();
  }

  /** Checks what a graph guarantees: see `checkGraph`. */
  checkIntegrity(): Integrity {
    return checkGraph(this.graph, this.entries[0]!);
  }

  private insertAll(seed: number): void {
    const { size, vectors, dimension, entries, settings, linker } = this;
    const isEntry = new Uint8Array(size);
    for (const entry of entries) isEntry[entry] = 1;
    const others = Array.from({ length: size }, (_, i) => i).filter((node) => isEntry[node] === 0);
    // Entries come first: until then there is nothing else to start from.
    const order = [...entries, ...new Random(seed, 'graph').shuffle(others)];
    linker.building(() => {
      const insert = (node: number, from: Int32Array, cosines: Float64Array | null): void => {
        const candidates = this.walk.run(vectors, node * dimension, from, settings.ef_construction, null, cosines);
        linker.connect(node, candidates, settings.m);
      };
      for (let at = 1; at < entries.length; at++) insert(order[at]!, entries.subarray(0, at), null);
      const table = new EntryTable(vectors, dimension, entries);
      for (let at = entries.length; at < size; at += 2) {
        const pair = order.slice(at, at + 2);
        table.compare(pair[0]!, pair.at(-1)!);
        pair.forEach((node, i) => {
          insert(node, entries, table.cosines[i]!);
        });
      }
    });
    this.restoreReachability();
  }

  private relink(node: number, linkedFrom: readonly number[]): void {
    const { vectors, dimension, entries, settings, graph, linker } = this;
    const found = this.walk.run(vectors, node * dimension, entries, settings.ef_construction);
    const near = new Set(found.ids.subarray(0, found.size));
    for (const old of graph.of(node)) if (!near.has(old)) found.insert(old, linker.similarity(node, old));
    linker.connect(node, found, settings.m);
    for (const from of linkedFrom) {
      if (near.has(from) || !graph.has(from, node)) continue;
      if (linker.isDominated(from, node)) graph.remove(from, node);
    }
  }

  /** The nodes that link to each of `nodes`, from one pass over all edges. */
  private inEdges(nodes: readonly number[]): Map<number, number[]> {
    const edges = new Map<number, number[]>(nodes.map((node) => [node, []]));
    const wanted = new Uint8Array(this.size);
    for (const node of nodes) wanted[node] = 1;
    const { neighbours, counts, degreeBound } = this.graph;
    for (let from = 0; from < this.size; from++) {
      const first = from * degreeBound;
      const last = first + counts[from]!;
      for (let i = first; i < last; i++) {
        const to = neighbours[i]!;
        if (wanted[to] === 1) edges.get(to)?.push(from);
      }
    }
    return edges;
  }

  private restoreReachability(): void {
    const { graph, walk, vectors, dimension, settings } = this;
    restoreReachability(graph, this.entries[0]!, walk, vectors, dimension, settings.ef_construction);
  }
}
