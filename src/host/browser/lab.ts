import type { Gpu } from '../../gpu/gpu';
import type { LabApi } from './api';
import { AskedModel } from './asked-model';
import { Benchmark } from './benchmark/benchmark';
import { CurrentRun } from './current-run';
import { Device } from './device';
import { Library } from './library';
import { keptDocuments, type OwnDocuments } from './own-documents';
import { Recorded } from './recorded';
import type { RunStore } from './runs/run-store';
import { TaskFiles } from './task-data';

/** What the lab stands on. */
export interface LabParts {
  store: Promise<RunStore>;
  /** @throws GpuUnavailableError where the browser has none. */
  requestAdapter: () => Promise<GPUAdapter>;
  openGpu: () => Promise<Gpu>;
}

/** The engine behind the page: one run at a time, in its worker. */
export class Lab implements LabApi {
  readonly device: Device;
  readonly run: CurrentRun;
  readonly runs: Library;
  readonly records: Recorded;
  readonly model: AskedModel;
  readonly bench: Benchmark;
  private readonly own: Promise<OwnDocuments | null>;
  private files: TaskFiles;

  constructor({ store, requestAdapter, openGpu }: LabParts) {
    this.own = keptDocuments(store);
    this.files = new TaskFiles(self.location.href, this.own);
    const files = (): TaskFiles => this.files;
    this.device = new Device({
      requestAdapter,
      openGpu,
      dataOf: (session, signal) => this.files.ready(session, signal),
      isTaken: () => this.run.isComputing,
    });
    this.run = new CurrentRun({ store, files, openGpu, clear: () => this.device.cancelMeasure() });
    this.runs = new Library(store, files, this.own);
    this.records = new Recorded(this.run, store);
    this.model = new AskedModel(this.run);
    this.bench = new Benchmark(
      { current: () => this.run.benchmarkable(), open: (run) => this.run.modelOf(run) },
      files,
    );
  }

  open(page: string): void {
    this.files = new TaskFiles(page, this.own);
  }

  ping(): void {
    // Answering is all there is to it.
  }
}
