import type { ReasonTask, StartPrompts } from '../../../config/base-session';
import type { Session } from '../../../config/session';
import { CancelledError, InputError } from '../../../lib/errors';
import type { CollectionFile } from '../benchmark/api';
import type { BenchmarkModel } from '../benchmark/benchmark-model';
import type { OpenedCollection } from '../benchmark/collection';
import type { EncodedStore } from '../benchmark/encoded-store';
import { openedReader } from '../benchmark/reader';
import type { Engine } from '../engine';
import type { TaskFiles } from '../task-data';
import { Turns } from '../turns';
import type { Listener } from '../wire';
import { asDecoder } from '../../../formats/open-model';
import { isEncoder, type AnyOpenedModel } from '../../../formats/opened-model';
import { MemoryPlanner } from '../../../training/memory-plan';
import type { PromptPreview } from '../../../training/prompt-preview';
import type {
  EmbeddedDocuments,
  EmbedProgress,
  KeptModel,
  ModelCard,
  ModelListener,
  ModelSearch,
  PlanChoices,
  PlannedModel,
  PromptsAsked,
  PromptsShown,
  ReasonProgress,
} from './api';
import { EmbeddedCollection } from './embedded';
import { droppedFiles } from './kept-files';
import { cardOf } from './model-facts';
import type { ModelStore } from './model-store';
import type { Probes } from './probes';

/** The largest batch that plans offer: more sequences in a step bring nothing that several steps would not. */
const MOST_BATCH = 64;

export interface ModelsParts {
  engine: Engine;
  store: Promise<ModelStore>;
  /** Storage of embeddings. */
  encoded: EncodedStore;
  /** Storage of what kept models know of the task world. */
  probes: Promise<Probes>;
  files: () => TaskFiles;
  /** The collection that is open in Bench. */
  collection: () => OpenedCollection | null;
}

type Planner = Pick<MemoryPlanner, 'plan' | 'largestBatch' | 'fewestParts'>;

async function plannerOf(opened: AnyOpenedModel): Promise<Planner> {
  // Without the files: what a plan needs is its shape.
  if (!isEncoder(opened)) return new MemoryPlanner({ arch: opened.arch, tensorDtype: opened.tensorDtype });
  const { EncoderPlanner } = await import('../../../training/encoder-plan');
  return new EncoderPlanner({ arch: opened.arch, tensorDtype: opened.tensorDtype });
}

/** Messages about the models that this browser keeps: add, plan, embed, search, teach. One model is added at a time. */
export class Models {
  private readonly turns = new Turns();
  private adding = new AbortController();
  /** The planner of the model that was planned last, kept because plans follow a slider. */
  private planner: { hash: string; planner: Promise<Planner> } | null = null;

  /** The prompt preview of the model shown last, whose tokenizer is read once. */
  private preview: { hash: string; of: Promise<PromptPreview> } | null = null;

  private readonly devices = new Turns();
  private embedding = new AbortController();
  private reasoning = new AbortController();
  private embedded: EmbeddedCollection | null = null;

  constructor(private readonly parts: ModelsParts) {}

  private get store(): Promise<ModelStore> {
    return this.parts.store;
  }

  /** The kept models, newest first. */
  async list(): Promise<KeptModel[]> {
    return (await this.store).list();
  }

  /**
   * Copies a model's files into this browser, a piece at a time: a folder in Hugging Face layout, or a .gguf file with
   * its splits. One that is kept already is recognised by its hash. Whatever ends it early leaves nothing.
   * @param name of the folder or the file.
   * @throws InputError for files that are no supported model, and where there is no room.
   */
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

  /** Cancels `add`, which then rejects with a CancelledError. */
  cancel(): void {
    this.adding.abort();
  }

  /** Everything that a model's files say of it. @throws InputError where no such model is kept. */
  async card(hash: string): Promise<ModelCard> {
    const { model, opened } = await (await this.store).model(hash);
    return cardOf(model, opened);
  }

  /**
   * Plans the memory that a model would take on the GPU, without a device and without loading it.
   * @param within bytes that the GPU is thought to have.
   */
  async plan(hash: string, choices: PlanChoices, within: number): Promise<PlannedModel> {
    if (this.planner?.hash !== hash) {
      const planner = this.store.then((store) => store.model(hash)).then(({ opened }) => plannerOf(opened));
      this.planner = { hash, planner };
      planner.catch(() => (this.planner = null));
    }
    const planner = await this.planner.planner;
    return {
      plan: planner.plan(choices),
      largest: planner.largestBatch(choices, within, MOST_BATCH),
      parts: planner.fewestParts(choices, within),
    };
  }

  /** Estimates how many of `bytes` bytes a device grants now: they are allocated and released again. */
  async granted(bytes: number): Promise<number> {
    const device = await this.parts.engine.open();
    try {
      return await device.granted(bytes);
    } finally {
      device.destroy();
    }
  }

  /**
   * Loads a model and embeds the documents that are open in Bench, so that they can be searched; what was loaded before
   * is released.
   * @throws InputError where nothing is open there, or for a model that cannot embed.
   */
  embed(hash: string, listener: Listener<EmbedProgress>): Promise<EmbeddedDocuments> {
    this.embedding.abort();
    const { signal } = (this.embedding = new AbortController());
    return this.devices.take(async () => {
      try {
        this.releaseLoaded();
        if (signal.aborted) throw new CancelledError('cancelled');
        const { engine, encoded, collection } = this.parts;
        const opened = collection();
        if (!opened)
          throw new InputError('no documents are open, expected a collection to search in: choose one first');
        const parts = { engine, encoded, store: await this.store };
        this.embedded = await EmbeddedCollection.open(parts, hash, opened, listener, signal);
        return this.embedded.facts;
      } finally {
        listener.close?.();
      }
    });
  }

  /** Searches the embedded documents, without reasoning. */
  search(query: string, topK: number): Promise<ModelSearch> {
    return this.devices.take(() => {
      if (!this.embedded)
        throw new InputError('no model is loaded to search with, expected documents that it embedded');
      return this.embedded.search(query, topK);
    });
  }

  /** Cancels `embed`, which then rejects with a CancelledError, or releases what it loaded. */
  release(): Promise<void> {
    this.embedding.abort();
    return this.devices.take(() => {
      this.releaseLoaded();
      return Promise.resolve();
    });
  }

  /**
   * Makes a session that teaches a model to reason on a task and rewards it for what it finds. For the task world the
   * model is first probed for what it knows of it, which is kept with the model.
   * @param start the prompts that it reads beside a text; null for the task's defaults.
   * @throws InputError where the model cannot embed or write, does not read the task's words, or knows too little.
   */
  reason(
    hash: string,
    task: ReasonTask,
    start: StartPrompts | null,
    listener: Listener<ReasonProgress>,
  ): Promise<Session> {
    this.reasoning.abort();
    const { signal } = (this.reasoning = new AbortController());
    return this.devices.take(async () => {
      try {
        const { engine, probes, files } = this.parts;
        const { reasonOn } = await import('./reason');
        const parts = { engine, store: await this.store, probes: await probes, files: files() };
        return await reasonOn(parts, hash, task, start, listener, signal);
      } finally {
        listener.close?.();
      }
    });
  }

  /**
   * Shows how a kept model reads texts with a session's prompts, as text and as tokens; where one cannot be written, it
   * says why.
   * @throws InputError where the model has no supported tokenizer.
   */
  async prompts(hash: string, asked: PromptsAsked): Promise<PromptsShown> {
    if (this.preview?.hash !== hash) {
      const of = this.previewOf(hash);
      this.preview = { hash, of };
      of.catch(() => (this.preview = null));
    }
    return (await this.preview.of).show(asked);
  }

  private async previewOf(hash: string): Promise<PromptPreview> {
    const { model, opened } = await (await this.store).model(hash);
    const { PromptPreview } = await import('../../../training/prompt-preview');
    return new PromptPreview(asDecoder(opened, model.name), model.name);
  }

  /** Cancels `reason`, which then rejects with a CancelledError. */
  cancelReason(): void {
    this.reasoning.abort();
  }

  /** Loads a kept model on a device of its own for a benchmark; the caller closes it. */
  async forBenchmark(hash: string): Promise<BenchmarkModel> {
    const { model: record, opened } = await (await this.store).model(hash);
    const reader = await openedReader(opened, record);
    const device = await this.parts.engine.open();
    try {
      const model = await device.load(opened, () => undefined);
      return {
        run: hash,
        step: 0,
        name: record.name,
        model,
        reader: () => reader,
        take: (work) => work(),
        close: () => {
          device.destroy();
          return Promise.resolve();
        },
      };
    } catch (error) {
      device.destroy();
      throw error;
    }
  }

  private releaseLoaded(): void {
    this.embedded?.destroy();
    this.embedded = null;
  }

  /** Deletes a kept model for good. */
  async remove(hash: string): Promise<void> {
    if (this.embedded?.facts.hash === hash) await this.release();
    await (await this.store).remove(hash);
    await (await this.parts.probes).remove(hash).catch(() => undefined);
  }
}
