import type { DocumentMap } from '../records/records';
import { GraphIndex } from '../retrieval/graph/graph-index';
import { fitProjection, project } from '../retrieval/projection';
import { graphStart } from './stages/graph-picture';
import type { SessionRun } from './session-run';

/**
 * Links per document of the map: fewer than in a graph that is searched, since only the nearest neighbours are drawn.
 */
const NEIGHBOURS = { m: 3 };

/**
 * A collection as the model sees it now: its documents in the plane that shows most of their differences, and a graph of
 * neighbours. It reads the model and changes nothing.
 */
export async function documentMap({ search, session, step, model }: SessionRun): Promise<DocumentMap> {
  await search.refresh();
  const vectors = await search.documentVectors();
  const dimension = model.architecture.hidden_size;
  const start = graphStart({ graph: GraphIndex.build(vectors, dimension, NEIGHBOURS, session.seed) }, step);
  return { start, positions: project(vectors, dimension, fitProjection(vectors, dimension)) };
}
