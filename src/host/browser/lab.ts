import { AskedModel } from './asked-model';
import { Benchmark } from './benchmark/benchmark';
import { EncodedStore } from './benchmark/encoded-store';
import { CurrentRun, type RunParts } from './current-run';
import { BrowserDevice } from './device';
import type { Engine } from './engine';
import { Exports } from './exports';
import { Library } from './library';
import { keptBase } from './models/kept-base';
import { keptTeacher } from './models/kept-teacher';
import type { ModelStore } from './models/model-store';
import { Models } from './models/models';
import { Probes } from './models/probes';
import { keptDocuments, type OwnDocuments } from './own-documents';
import { Recorded } from './recorded';
import type { RunStore } from './runs/run-store';
import { TakeHome } from './take-home';
import { TaskFiles } from './task-data';
import type { TuningStore } from './tuning-store';

/** What the lab is built with. */
export interface LabParts {
  engine: Engine;
  store: Promise<RunStore>;
  models: Promise<ModelStore>;
  /** The same that the engine reads. */
  tunings: TuningStore;
  /** The address beside which the tasks' data is served, until the page sends its own. */
  page: string;
}

/**
 * The engine behind the page, in its worker: one run at a time. Each field is a group of messages, and each public
 * method of its class a message, from which the page's side (`LabClient`) is derived.
 */
export class Lab {
  readonly device: BrowserDevice;
  readonly run: CurrentRun;
  readonly runs: Library;
  readonly records: Recorded;
  readonly model: AskedModel;
  readonly bench: Benchmark;
  readonly models: Models;
  readonly takeHome: TakeHome;
  private readonly own: Promise<OwnDocuments | null>;
  private files: TaskFiles;

  constructor({ engine, store, models, tunings, page }: LabParts) {
    this.own = keptDocuments(store);
    this.files = new TaskFiles(page, this.own);
    const files = (): TaskFiles => this.files;
    const encoded = EncodedStore.open();
    const dataOf: RunParts['dataOf'] = async (session, signal, listener) => ({
      files: await this.files.ready(session, signal, listener),
      base: await keptBase(await models, session),
      teacher: await keptTeacher(await models, session, encoded),
    });
    this.device = new BrowserDevice({
      engine,
      tunings,
      dataOf,
      isTaken: () => this.run.isTaken,
    });
    this.run = new CurrentRun({ engine, store, files, dataOf, clear: () => this.device.clear() });
    let exports: Promise<Exports> | null = null;
    const openExports = (): Promise<Exports> => (exports ??= Exports.open());
    this.runs = new Library(store, files, this.own, models, encoded, engine, openExports, async () => ({
      models: (await (await models).list()).reduce((sum, { bytes }) => sum + bytes, 0),
      documents: (await (await this.own)?.bytes()) ?? 0,
      embeddings: await encoded.bytes(),
      tunings: await tunings.bytes(),
    }));
    this.takeHome = new TakeHome({ store, models, files }, openExports);
    this.records = new Recorded(this.run, store);
    this.model = new AskedModel(this.run);
    this.models = new Models({
      engine,
      store: models,
      encoded,
      probes: Probes.open(),
      files,
      collection: () => this.bench.opened,
    });
    this.bench = new Benchmark(
      {
        current: () => this.run.benchmarkable(),
        open: (of) => ('run' in of ? this.run.modelOf(of.run) : this.models.forBenchmark(of.model)),
      },
      files,
      encoded,
    );
  }

  /** Sets the page's address, beside which tasks' data is served. Called before everything else. */
  open(page: string): void {
    this.files = new TaskFiles(page, this.own);
  }

  /** Answers at once: the page's heartbeat. */
  ping(): void {
    // Answering is all there is to it.
  }
}
