import { transfer } from 'comlink';
import type { GraphRecord, GraphStart, RecordedSteps } from '../../records/records';
import type { DocumentCard, RecordsApi, TraceFilter, TraceGroup, TraceKind, TracePage } from './api';
import type { CurrentRun } from './current-run';
import type { RunRecords } from './run-records';
import type { RunStore } from './runs/run-store';
import { documentCard, findTraces, traceGroup, traceHistory } from './trace-search';

/** What the run on the page has recorded: read here while this worker writes it, from the disk otherwise. */
export class Recorded implements RecordsApi {
  constructor(
    private readonly run: CurrentRun,
    private readonly store: Promise<RunStore>,
  ) {}

  async steps(run: string): Promise<RecordedSteps> {
    return (await this.of(run)).steps();
  }

  async traces(run: string, filter: TraceFilter, from: number | null): Promise<TracePage> {
    return findTraces(await this.of(run), this.run.named(run).task, filter, from);
  }

  async traceGroup(run: string, step: number, query: string, kind: TraceKind | null): Promise<TraceGroup | null> {
    return traceGroup(await this.of(run), this.run.named(run).task, step, query, kind);
  }

  async traceHistory(run: string, query: string): Promise<TraceGroup[]> {
    return traceHistory(await this.of(run), this.run.named(run).task, query);
  }

  async graphStart(run: string): Promise<GraphStart | null> {
    const found = await (await this.of(run)).graphStart();
    return found && transfer(found, [found.counts.buffer, found.neighbours.buffer]);
  }

  async refresh(run: string, step: number): Promise<GraphRecord | null> {
    return (await this.of(run)).refresh(step);
  }

  async positions(run: string, step: number): Promise<Float32Array<ArrayBuffer> | null> {
    const found = await (await this.of(run)).positions(step);
    return found && transfer(found, [found.buffer]);
  }

  documents(run: string, from: number, count: number): Promise<DocumentCard[]> {
    const { task } = this.run.named(run);
    const end = Math.min(task.documents.length, from + count);
    const cards = Array.from({ length: Math.max(0, end - from) }, (_, i) => documentCard(task, from + i));
    return Promise.resolve(cards);
  }

  private async of(run: string): Promise<RunRecords> {
    const { training } = this.run;
    if (training?.id === run && training.records) return training.records;
    const records = await (await this.store).records(run);
    await records.look();
    return records;
  }
}
