import { CancelledError } from '../../../lib/errors';
import type { CollectionFile } from '../benchmark/api';
import { Turns } from '../turns';
import { MemoryPlanner } from '../../../training/memory-plan';
import type { KeptModel, ModelCard, ModelListener, ModelsApi, PlanChoices, PlannedModel } from './api';
import { droppedFiles } from './kept-files';
import { cardOf } from './model-facts';
import type { ModelStore } from './model-store';

/** Sequences of a step: more bring nothing that several steps would not. */
const MOST_BATCH = 256;

/** The models that this browser keeps. One is added at a time. */
export class Models implements ModelsApi {
  private readonly turns = new Turns();
  private adding = new AbortController();
  /** Of the model that was planned last: its plans follow a hand that drags. */
  private planner: { hash: string; planner: Promise<MemoryPlanner> } | null = null;

  constructor(private readonly store: Promise<ModelStore>) {}

  async list(): Promise<KeptModel[]> {
    return (await this.store).list();
  }

  add(name: string, files: readonly CollectionFile[], listener: ModelListener): Promise<KeptModel> {
    this.adding.abort();
    const { signal } = (this.adding = new AbortController());
    return this.turns.take(async () => {
      try {
        if (signal.aborted) throw new CancelledError('cancelled');
        const store = await this.store;
        return await store.add(droppedFiles(files, name), name, { signal, onProgress: listener });
      } finally {
        listener.close?.();
      }
    });
  }

  cancel(): void {
    this.adding.abort();
  }

  async card(hash: string): Promise<ModelCard> {
    const { model, opened } = await (await this.store).model(hash);
    return cardOf(model, opened);
  }

  async plan(hash: string, choices: PlanChoices, within: number): Promise<PlannedModel> {
    if (this.planner?.hash !== hash) {
      const planner = this.store
        .then((store) => store.model(hash))
        .then(({ opened: { arch, tensorDtype } }) => new MemoryPlanner({ arch, tensorDtype }));
      this.planner = { hash, planner };
      planner.catch(() => (this.planner = null));
    }
    const planner = await this.planner.planner;
    return { plan: planner.plan(choices), largest: planner.largestBatch(choices, within, MOST_BATCH) };
  }

  async remove(hash: string): Promise<void> {
    await (await this.store).remove(hash);
  }
}
