import { CancelledError } from '../../../lib/errors';
import type { CollectionFile } from '../benchmark/api';
import { Turns } from '../turns';
import type { KeptModel, ModelCard, ModelListener, ModelsApi } from './api';
import { droppedFiles } from './kept-files';
import { cardOf } from './model-facts';
import type { ModelStore } from './model-store';

/** The models that this browser keeps. One is added at a time. */
export class Models implements ModelsApi {
  private readonly turns = new Turns();
  private adding = new AbortController();

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

  async remove(hash: string): Promise<void> {
    await (await this.store).remove(hash);
  }
}
