import { InputError } from '../../lib/errors';
import type { GraphRecord } from '../../records/records';
import { diffGraphs, type EdgeEdits } from '../graph/adjacency';
import { GraphIndex, type GraphState } from '../graph/graph-index';
import type { GraphSettings } from '../graph/settings';
import { checkRows, dot } from '../graph/vectors';
import { ExactIndex, oneByOne, type BatchIndex, type SearchResult } from '../search-index';
import { applyDrift, fitDrift, type Compensated } from './compensation';
import { chooseRegion, contested } from './region';
import {
  graphRecord,
  measureFidelity,
  refreshMetrics,
  type Refreshed,
  type RefreshMetrics,
  type RefreshQuery,
  type Searched,
} from './report';
import { refreshSettings, type RefreshSettings } from './settings';
import { Staleness, type StalenessState } from './staleness';

/** Embeds `documents` (n) with the model as it is now: L2-normalised rows (n, d). */
export type Encode = (documents: Int32Array) => Promise<Float32Array>;

/** The old and new embeddings of the documents re-encoded in a step, which the compensation is fitted to. */
export interface Pairs {
  /** Their rows in the corpus, (n). */
  documents: Int32Array;
  /** Their embeddings as kept before, (n, d). */
  stored: Float32Array;
  /** Their embeddings as encoded now, (n, d). */
  fresh: Float32Array;
}

/** Moves, in place, every row of `vectors` (N, d) that is not in `pairs.documents`. */
export type Compensate = (
  vectors: Float32Array,
  dimension: number,
  pairs: Pairs,
  ridge: number,
) => Compensated | Promise<Compensated>;

/** The compensation in plain TypeScript, on the CPU. */
export const compensateOnCpu: Compensate = (vectors, dimension, { documents, stored, fresh }, ridge) => {
  const skip = new Uint8Array(vectors.length / dimension);
  for (const document of documents) skip[document] = 1;
  return applyDrift(vectors, dimension, fitDrift(stored, fresh, dimension, ridge), skip);
};

export interface RefreshStep {
  /** The step's number, higher at each call. */
  step: number;
  queries: readonly RefreshQuery[];
  encode: Encode;
  /** Embeddings of all documents by the model as it is now, (N, d), on sampled steps: for the reward error and recall. */
  fresh?: Float32Array;
}

export interface RefreshReport {
  /** The first k documents for each query, in order; empty where it has no embedding. */
  rankings: Int32Array[];
  record: GraphRecord;
  metrics: RefreshMetrics;
}

export interface RefresherOptions {
  settings?: Partial<RefreshSettings>;
  graph?: Partial<GraphSettings>;
  /** Seed of the graph. */
  seed?: number;
  compensate?: Compensate;
  /**
   * Makes the exact search over fresh embeddings (N, d) that audits compare with; on the CPU where absent, with the
   * same bits.
   */
  exact?: (fresh: Float32Array, dimension: number) => BatchIndex;
}

/** The state on which the next step depends. */
export interface RefresherState {
  step: number;
  /** (N, d) */
  vectors: Float32Array;
  staleness: StalenessState;
  graph: GraphState;
}

/** Keeps a corpus's embeddings and graph, and lets them follow the model: search, refresh, search again. */
export class Refresher {
  readonly settings: Readonly<RefreshSettings>;

  private constructor(
    private readonly vectors: Float32Array,
    private readonly dimension: number,
    private readonly options: RefresherOptions,
    private index: GraphIndex,
    private readonly staleness: Staleness,
    private lastStep: number,
  ) {
    this.settings = refreshSettings(options.settings ?? {}, index.size);
  }

  /**
   * @param vectors embeddings of all documents (N, d), all encoded at `step`; copied
   * @throws InputError where they or the settings are not as expected
   */
  static create(vectors: Float32Array, dimension: number, options: RefresherOptions = {}, step = 0): Refresher {
    const rows = checkRows(vectors, dimension, 'refresh');
    refreshSettings(options.settings ?? {}, rows);
    const own = vectors.slice();
    const index = GraphIndex.build(own, dimension, options.graph, options.seed);
    return new Refresher(own, dimension, options, index, new Staleness(rows, step), step);
  }

  /**
   * Continues from `state` with the same results as without the interruption.
   * @throws InputError where it is damaged or does not fit the options
   */
  static restore(state: RefresherState, dimension: number, options: RefresherOptions = {}): Refresher {
    const own = state.vectors.slice();
    const index = GraphIndex.restore(own, dimension, options.graph ?? {}, state.graph);
    const staleness = Staleness.restore(state.staleness, index.size);
    return new Refresher(own, dimension, options, index, staleness, state.step);
  }

  state(): RefresherState {
    return {
      step: this.lastStep,
      vectors: this.vectors.slice(),
      staleness: this.staleness.state(),
      graph: this.index.state(),
    };
  }

  /** The kept graph, to be searched and shown. */
  get graph(): Pick<GraphIndex, 'size' | 'dimension' | 'search' | 'checkIntegrity' | 'adjacency'> {
    return this.index;
  }

  /** The kept embeddings of all documents, (N, d), read only. */
  get embeddings(): Float32Array {
    return this.vectors;
  }

  /**
   * Searches the graph as it is, refreshes what the policy says, and searches again; the second search is rewarded. The
   * order matters: rewarding the first search, or a region chosen without it, does worse than no refresh.
   * @throws InputError where `step` does not increase, or embeddings have the wrong size
   */
  async step({ step, queries, encode, fresh }: RefreshStep): Promise<RefreshReport> {
    if (!Number.isInteger(step) || step <= this.lastStep) {
      throw new InputError(`refresh: step is ${step}, expected a whole number above ${this.lastStep}`);
    }
    if (fresh !== undefined && fresh.length !== this.vectors.length) {
      throw new InputError(`refresh: ${fresh.length} fresh values, expected ${this.vectors.length}`);
    }
    const { k, recorded_searches } = this.settings;
    const stale = queries.map(({ embedding }) => (embedding === null ? null : this.search(embedding)));
    const refreshed = await this.refresh(step, queries, stale, encode);
    this.lastStep = step;

    const searched: Searched[] = [];
    const rankings = queries.map((query, i) => {
      const { embedding } = query;
      const before = stale[i];
      if (embedding === null || before === null || before === undefined) return new Int32Array(0);
      const after = refreshed.reencoded.length === 0 ? before : this.search(embedding);
      searched.push({ ...query, embedding, before, after });
      return after.ids.slice(0, k);
    });
    const exact = fresh === undefined ? null : this.exactOver(fresh);
    const fidelity = exact && (await measureFidelity(searched, exact, k));
    return {
      rankings,
      record: graphRecord(step, refreshed, searched, k, recorded_searches, fidelity),
      metrics: refreshMetrics(refreshed, searched, this.index.size, this.staleness.summary(step), fidelity),
    };
  }

  /** Searches as deep as the beam, so that ranks beyond k are known. */
  private search(embedding: Float32Array): SearchResult {
    const { size, settings } = this.index;
    return this.index.search(embedding, Math.min(size, Math.max(this.settings.k, settings.ef)), { path: true });
  }

  private exactOver(fresh: Float32Array): BatchIndex {
    const { dimension, options } = this;
    return options.exact?.(fresh, dimension) ?? oneByOne(new ExactIndex(fresh, dimension));
  }

  private async refresh(
    step: number,
    queries: readonly RefreshQuery[],
    stale: readonly (SearchResult | null)[],
    encode: Encode,
  ): Promise<Refreshed> {
    const documents = this.chooseDocuments(step, queries, stale);
    const nothing: Compensated = { count: 0, mean_drift: 0 };
    if (documents.length === 0) {
      return { reencoded: [], edits: { added: [], removed: [] }, compensated: nothing };
    }
    const fresh = await encode(documents);
    if (fresh.length !== documents.length * this.dimension) {
      throw new InputError(
        `refresh: encoding gave ${fresh.length} values for ${documents.length} documents, expected ${documents.length * this.dimension}`,
      );
    }
    checkRows(fresh, this.dimension, 'refresh: encoded documents');
    const stored = this.replaceRows(documents, fresh);
    const drifts = Float64Array.from(documents, (_, i) =>
      Math.max(0, 1 - dot(stored, i * this.dimension, fresh, i * this.dimension, this.dimension)),
    );
    const reencoded = Array.from(documents, (doc, i) => ({
      doc,
      drift: drifts[i]!,
      age: this.staleness.age(doc, step),
    }));
    this.staleness.noteEncoded(documents, drifts, step);

    const { policy, compensation, ridge } = this.settings;
    if (policy !== 'local') return { reencoded, edits: this.rebuild(), compensated: nothing };
    const { compensate = compensateOnCpu } = this.options;
    const compensated = compensation
      ? await compensate(this.vectors, this.dimension, { documents, stored, fresh }, ridge)
      : nothing;
    return { reencoded, edits: this.index.repair(documents), compensated };
  }

  private chooseDocuments(
    step: number,
    queries: readonly RefreshQuery[],
    stale: readonly (SearchResult | null)[],
  ): Int32Array {
    const { policy, every } = this.settings;
    if (policy === 'none' || (policy === 'periodic' && step % every !== 0)) return new Int32Array(0);
    if (policy !== 'local') return Int32Array.from({ length: this.index.size }, (_, document) => document);
    const interests = queries.flatMap(({ embedding, relevant }, i) => {
      const found = stale[i];
      return embedding === null || !found ? [] : [{ embedding, relevant, found }];
    });
    const doubts = contested(interests, this.vectors, this.staleness, step);
    return chooseRegion(doubts, this.staleness, this.settings, step);
  }

  /** Writes `fresh` into the rows of `documents` and returns the old rows. */
  private replaceRows(documents: Int32Array, fresh: Float32Array): Float32Array {
    const d = this.dimension;
    const stored = new Float32Array(fresh.length);
    documents.forEach((document, i) => {
      stored.set(this.vectors.subarray(document * d, (document + 1) * d), i * d);
      this.vectors.set(fresh.subarray(i * d, (i + 1) * d), document * d);
    });
    return stored;
  }

  /** Builds the graph again, which is cheaper and better than a repair of every node. */
  private rebuild(): EdgeEdits {
    const before = this.index.adjacency;
    this.index = GraphIndex.build(this.vectors, this.dimension, this.options.graph, this.options.seed);
    return diffGraphs(before, this.index.adjacency);
  }
}
