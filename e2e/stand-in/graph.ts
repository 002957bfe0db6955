import type { Session } from '../../src/config/session';
import { fitProjection, project, type Projection } from '../../src/retrieval/projection';
import { Refresher } from '../../src/retrieval/refresh/refresher';
import { DriftingModel } from '../../src/retrieval/refresh/drift.test-data';
import type { Task } from '../../src/tasks/task';
import { graphStart } from '../../src/training/stages/graph-picture';
import type { RunObserver } from '../../src/training/session-run';

const DIMENSION = 16;
const MOST_SEARCHES = 128;

/** Stage 2's graph by the real environment, over a stand-in for a model that is being trained. */
export class ScriptedGraph {
  private readonly model: DriftingModel;
  private refresher: Refresher | null = null;
  private projection: Projection | null = null;

  constructor(
    private readonly task: Task,
    private readonly session: Session,
    private readonly observer: RunObserver,
  ) {
    this.model = new DriftingModel(task.documents.length, DIMENSION, 0.004, 0.02, session.seed + 1);
  }

  async refresh(step: number): Promise<void> {
    const { model, task, session } = this;
    if (!this.refresher) {
      const vectors = await model.encodeAll();
      const { M, ef, ef_construction, budget } = session.environment;
      const graph = { m: M, ef, ef_construction };
      this.refresher = Refresher.create(vectors, DIMENSION, { settings: { budget }, graph, seed: 1 }, step - 1);
      this.projection = fitProjection(vectors, DIMENSION);
      this.observer.graphStart?.(graphStart(this.refresher, step - 1), this.positions(this.refresher));
    }
    model.advance();
    const { batch_size, num_generations } = session.grpo;
    const queries = model.queries(Math.min(MOST_SEARCHES, batch_size * num_generations), step).map((query) => ({
      ...query,
      query: task.documents[query.relevant[0]!.document]!.text,
    }));
    const { record } = await this.refresher.step({ step, queries, encode: model.encode });
    this.observer.graph(record, this.positions(this.refresher));
  }

  private positions({ embeddings }: Refresher): Float32Array<ArrayBuffer> {
    return project(embeddings, DIMENSION, this.projection!);
  }
}
