import { Encoder } from '../../model/inference';
import { ExactGpuIndex } from '../../retrieval/exact-gpu-index';
import { GpuCompensation } from '../../retrieval/refresh/gpu-compensation';
import {
  Refresher,
  type RefresherOptions,
  type RefresherState,
  type RefreshReport,
} from '../../retrieval/refresh/refresher';
import type { RefreshQuery } from '../../retrieval/refresh/report';
import { GraphPicture, graphStart } from './graph-picture';
import type { StageContext } from './stage';

/** The most tokens and sequences that are encoded in one pass. */
const ENCODE = { tokens: 4096, sequences: 1024 };

/**
 * The environment of stage 2: the documents that completions search, their embeddings and graph, which follow the
 * model, and their picture.
 */
export class GrpoEnvironment {
  readonly encoder: Encoder;
  private readonly compensation: GpuCompensation;
  private readonly dimension: number;
  private refresher: Refresher | null = null;
  private picture: GraphPicture | null = null;

  constructor(private readonly context: StageContext) {
    const { gpu, model, task } = context;
    this.dimension = model.architecture.hidden_size;
    this.encoder = new Encoder(model, ENCODE.tokens, ENCODE.sequences);
    this.compensation = new GpuCompensation(gpu, task.documents.length, this.dimension);
  }

  restore(state: RefresherState): void {
    this.refresher = Refresher.restore(state, this.dimension, this.options);
  }

  async ready(): Promise<void> {
    await this.encoder.ready();
    const { policy, compensate } = this.context.session.environment;
    if (policy === 'local' && compensate) await this.compensation.ready();
  }

  /** Encodes all documents and links them, unless `restore` was called. The frozen model is the one that the stage began with. */
  async prepare(): Promise<void> {
    const { tokens, frozen, observer } = this.context;
    if (this.refresher) {
      // The same plane as before the checkpoint.
      const encoder = new Encoder(frozen.model, ENCODE.tokens, ENCODE.sequences);
      this.picture = new GraphPicture(await encoder.encode(tokens.documents), this.dimension);
      encoder.destroy();
      return;
    }
    const vectors = await this.encoder.encode(tokens.documents);
    this.refresher = Refresher.create(vectors, this.dimension, this.options);
    this.picture = new GraphPicture(vectors, this.dimension);
    observer.graphStart(graphStart(this.refresher, 0), this.picture.positions(this.refresher));
  }

  private get options(): RefresherOptions {
    const { environment: e, grpo, seed } = this.context.session;
    return {
      settings: {
        policy: e.policy,
        k: grpo.reward_k,
        every: e.period,
        budget: e.budget,
        oldest_share: e.oldest_share,
        compensation: e.compensate,
        ridge: e.ridge,
      },
      graph: { m: e.M, ef_construction: e.ef_construction, ef: e.ef },
      seed,
      compensate: (vectors, _, pairs, ridge) => this.compensation.run(vectors, pairs, ridge),
      exact: (vectors, dimension) => new ExactGpuIndex(this.context.gpu, vectors, dimension),
    };
  }

  /** Searches, re-encodes what the policy says, compensates, re-links, and searches again; audits on sampled steps. */
  async refresh(queries: readonly RefreshQuery[], t: number): Promise<RefreshReport> {
    const { tokens, session } = this.context;
    const { audit_every } = session.environment;
    const isAudited = audit_every > 0 && t % audit_every === 0;
    return this.prepared.step({
      step: t,
      queries,
      encode: (documents) => this.encoder.encode(Array.from(documents, (row) => tokens.document(row))),
      ...(isAudited ? { fresh: await this.encoder.encode(tokens.documents) } : {}),
    });
  }

  /**
   * Searches the graph as the last refresh left it.
   * @param embeddings (n, C), L2-normalised.
   * @returns the first k documents of each.
   */
  search(embeddings: Float32Array): Int32Array[] {
    const { dimension, prepared } = this;
    const k = Math.min(prepared.settings.k, prepared.graph.size);
    return Array.from({ length: embeddings.length / dimension }, (_, i) => {
      const embedding = embeddings.subarray(i * dimension, (i + 1) * dimension);
      return prepared.graph.search(embedding, k).ids;
    });
  }

  /** The kept embeddings of all documents, (N, C), to read. */
  get vectors(): Float32Array {
    return this.prepared.embeddings;
  }

  /** Places of the documents in the plane now, (N, 2). */
  get positions(): Float32Array<ArrayBuffer> {
    return this.picture!.positions(this.prepared);
  }

  refitPicture(): void {
    if (this.refresher) this.picture?.refit(this.refresher);
  }

  state(): RefresherState {
    return this.prepared.state();
  }

  private get prepared(): Refresher {
    if (!this.refresher) throw new Error('prepare() comes before the first step');
    return this.refresher;
  }

  destroy(): void {
    this.encoder.destroy();
    this.compensation.destroy();
  }
}
