import { transfer } from 'comlink';
import { readGraphStart } from '../../records/graph-start';
import type { GraphRecord, GraphStart, RecordedSteps } from '../../records/records';
import type { DocumentCard, TraceFilter, TraceGroup, TraceKind, TracePage } from './messages';
import type { CurrentRun } from './current-run';
import type { JournalRecords } from './runs/records';
import type { RunStore } from './runs/run-store';
import { documentCard, findTraces, traceGroup, traceHistory } from './trace-search';

/**
 * Messages that read the records of the run on the page: from memory while this worker writes them, else from the disk.
 */
export class Recorded {
  constructor(
    private readonly run: CurrentRun,
    private readonly store: Promise<RunStore>,
  ) {}

  /** Steps that have records. */
  async steps(run: string): Promise<RecordedSteps> {
    return (await this.of(run)).steps();
  }

  /** Recorded groups of completions that pass a filter, newest step first, a page at a time. */
  async traces(run: string, filter: TraceFilter, from: number | null): Promise<TracePage> {
    return findTraces(await this.of(run), this.run.named(run).task, filter, from);
  }

  /** All completions of a query at a step; null where none were kept. Without a kind, of either kind. */
  async traceGroup(run: string, step: number, query: string, kind: TraceKind | null): Promise<TraceGroup | null> {
    return traceGroup(await this.of(run), this.run.named(run).task, step, query, kind);
  }

  /** The greedy completions of a held-out query at each evaluation that kept it, oldest first. */
  async traceHistory(run: string, query: string): Promise<TraceGroup[]> {
    return traceHistory(await this.of(run), this.run.named(run).task, query);
  }

  /** The graph that stage 2 begins with; null before it. Transferred. */
  async graphStart(run: string): Promise<GraphStart | null> {
    const [line] = await (await this.of(run)).all('graph-start');
    const found = line && readGraphStart(line);
    return found ? transfer(found, [found.counts.buffer, found.neighbours.buffer]) : null;
  }

  /** A step's record of what its refresh did to the graph; null where there was none. */
  async refresh(run: string, step: number): Promise<GraphRecord | null> {
    return (await (await this.of(run)).at('graph', step))[0] ?? null;
  }

  /** The documents in the plane after a step's refresh, or at the graph's start, (N, 2); null where none. Transferred. */
  async positions(run: string, step: number): Promise<Float32Array<ArrayBuffer> | null> {
    const found = await (await this.of(run)).positions(step);
    return found && transfer(found, [found.buffer]);
  }

  /** Documents `from` … `from + count` of the run's task, as many as there are. */
  documents(run: string, from: number, count: number): Promise<DocumentCard[]> {
    const { task } = this.run.named(run);
    const end = Math.min(task.documents.length, from + count);
    const cards = Array.from({ length: Math.max(0, end - from) }, (_, i) => documentCard(task, from + i));
    return Promise.resolve(cards);
  }

  private async of(run: string): Promise<JournalRecords> {
    const { training } = this.run;
    if (training?.id === run && training.records) return training.records;
    const records = await (await this.store).records(run);
    await records.look();
    return records;
  }
}
