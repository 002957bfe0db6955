import { joined } from '../../lib/joined';
import type { GraphStart } from '../../records/records';
import { alignProjection, fitProjection, project, type Projection } from '../../retrieval/projection';
import type { Refresher } from '../../retrieval/refresh/refresher';

/**
 * The picture of stage 2's documents: the place of each in a plane. The plane is fitted to the embeddings that the
 * stage begins with and then stays, so that a move on the page is a move in the index. Training neither reads it nor
 * waits for it.
 */
export class GraphPicture {
  private projection: Projection;

  /** @param start embeddings (N, d) by the model that the stage began with */
  constructor(
    start: Float32Array,
    private readonly dimension: number,
  ) {
    this.projection = fitProjection(start, dimension);
  }

  /** Places of the documents (N, 2) by their embeddings as they are kept now. */
  positions(refresher: Pick<Refresher, 'embeddings'>): Float32Array<ArrayBuffer> {
    return project(refresher.embeddings, this.dimension, this.projection);
  }

  /**
   * Fits the plane again to the embeddings as they are kept now, turned so that it lies over the old one as well as
   * possible.
   */
  refit(refresher: Pick<Refresher, 'embeddings'>): void {
    const before = this.positions(refresher);
    const anew = fitProjection(refresher.embeddings, this.dimension);
    this.projection = alignProjection(anew, before, project(refresher.embeddings, this.dimension, anew));
  }
}

/** The graph as it is now, as the record that later edits continue from. */
export function graphStart({ graph }: Pick<Refresher, 'graph'>, step: number): GraphStart {
  const { adjacency, size } = graph;
  const lists = Array.from({ length: size }, (_, document) => adjacency.of(document));
  return {
    step,
    degree_bound: adjacency.degreeBound,
    counts: Int32Array.from(lists, ({ length }) => length),
    neighbours: joined(lists, Int32Array),
  };
}
