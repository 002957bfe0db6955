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

/** Sequences of a step: more bring nothing that several steps would not. */
const MOST_BATCH = 64;

export interface ModelsParts {
  engine: Engine;
  store: Promise<ModelStore>;
  /** Embeddings of earlier times. */
  encoded: EncodedStore;
  /** What kept models know of the task world. */
  probes: Promise<Probes>;
  files: () => TaskFiles;
  /** What is open in Bench. */
  collection: () => OpenedCollection | null;
}

type Planner = Pick<MemoryPlanner, 'plan' | 'largestBatch' | 'fewestParts'>;

async function plannerOf(opened: AnyOpenedModel): Promise<Planner> {
  // Without the files: what a plan needs is its shape.
  if (!isEncoder(opened)) return new MemoryPlanner({ arch: opened.arch, tensorDtype: opened.tensorDtype });
  const { EncoderPlanner } = await import('../../../training/encoder-plan');
  return new EncoderPlanner({ arch: opened.arch, tensorDtype: opened.tensorDtype });
}

/** The models that this browser keeps. One is added at a time. */
export class Models {
  private readonly turns = new Turns();
  private adding = new AbortController();
  /** Of the model that was planned last: its plans follow a hand that drags. */
  private planner: { hash: string; planner: Promise<Planner> } | null = null;

  /** Of the model whose prompts were shown last, whose tokenizer is read once. */
  private preview: { hash: string; of: Promise<PromptPreview> } | null = null;

  private readonly devices = new Turns();
  private embedding = new AbortController();
  private reasoning = new AbortController();
  private embedded: EmbeddedCollection | null = null;

  constructor(private readonly parts: ModelsParts) {}

  private get store(): Promise<ModelStore> {
    return this.parts.store;
  }

  /** The newest first. */
  async list(): Promise<KeptModel[]> {
    return (await this.store).list();
  }

  /**
   * Copies a model's files here, a piece at a time: a folder in Hugging Face layout, or a .gguf file with its splits. One
   * that is here already is found again by its hash. Whatever ends it early leaves nothing.
   * @param name of the folder or the file.
   * @throws InputError for what is no model that is read, and where there is no room for it.
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

  /** Ends `add` soon; it is rejected then with a CancelledError. */
  cancel(): void {
    this.adding.abort();
  }

  /** What its files tell of it. @throws InputError where no such model is kept. */
  async card(hash: string): Promise<ModelCard> {
    const { model, opened } = await (await this.store).model(hash);
    return cardOf(model, opened);
  }

  /**
   * What it would take on the GPU, without a device; nothing is loaded.
   * @param within bytes that there are thought to be.
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

  /** How many of this many bytes a device grants now: they are asked for and freed again. An estimate. */
  async granted(bytes: number): Promise<number> {
    const device = await this.parts.engine.open();
    try {
      return await device.granted(bytes);
    } finally {
      device.destroy();
    }
  }

  /**
   * Loads a model and embeds the documents that are open in Bench, to search them; what was loaded before is released.
   * @throws InputError where nothing is open there, or for a model that cannot embed.
   */
  embed(hash: string, listener: Listener<EmbedProgress>): Promise<EmbeddedDocuments> {
    this.embedding.abort();
    const { signal } = (this.embedding = new AbortController());
    return this.devices.take(async () => {
      try {
        this.letGo();
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

  /** Searches what was embedded, without reasoning. */
  search(query: string, topK: number): Promise<ModelSearch> {
    return this.devices.take(() => {
      if (!this.embedded)
        throw new InputError('no model is loaded to search with, expected documents that it embedded');
      return this.embedded.search(query, topK);
    });
  }

  /** Ends `embed`, which is rejected then with a CancelledError, or releases what it loaded. */
  release(): Promise<void> {
    this.embedding.abort();
    return this.devices.take(() => {
      this.letGo();
      return Promise.resolve();
    });
  }

  /**
   * A session that teaches a model to reason on a task and to be rewarded for what it finds. For the task world the model is
   * asked first what it knows of it, which is kept with the model.
   * @param start what it reads beside a text; null for what the task begins with.
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
   * How a kept model reads texts by a session's prompts, as text and as tokens; what cannot be written says why.
   * @throws InputError where the model has no tokenizer that is read.
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

  /** Ends `reason`, which is rejected then with a CancelledError. */
  cancelReason(): void {
    this.reasoning.abort();
  }

  /** A kept model on a device of its own, for a benchmark; whoever asks for it closes it. */
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

  private letGo(): void {
    this.embedded?.destroy();
    this.embedded = null;
  }

  /** For good. */
  async remove(hash: string): Promise<void> {
    if (this.embedded?.facts.hash === hash) await this.release();
    await (await this.store).remove(hash);
    await (await this.parts.probes).remove(hash).catch(() => undefined);
  }
}
