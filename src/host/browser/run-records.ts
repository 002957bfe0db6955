import type { DevTrace, GraphRecord, GraphStart, RecordedSteps, TraceRecord } from '../../records/records';

/** What a run keeps for the page to read a step at a time, while it runs and afterwards. */
export interface RunRecords {
  addTraces(traces: readonly TraceRecord[]): void;
  /** The greedy completions of one evaluation. */
  addDev(traces: readonly DevTrace[]): void;
  /** @param positions of all documents in the plane, (N,2), at the graph's start; `positions(start.step)` gives them back. */
  addStart(start: GraphStart, positions: Float32Array<ArrayBuffer>): void;
  /** @param positions of all documents in the plane after the refresh, (N,2). */
  addRefresh(record: GraphRecord, positions: Float32Array<ArrayBuffer>): void;
  steps(): RecordedSteps;
  /** Empty for a step without any. */
  traces(step: number): Promise<TraceRecord[]>;
  dev(step: number): Promise<DevTrace[]>;
  /** The graph that stage 2 begins with; null before it. */
  graphStart(): Promise<GraphStart | null>;
  refresh(step: number): Promise<GraphRecord | null>;
  positions(step: number): Promise<Float32Array<ArrayBuffer> | null>;
}

/** In memory: for as long as the worker lives. */
export class MemoryRecords implements RunRecords {
  private readonly tracesOf = new Map<number, TraceRecord[]>();
  private readonly devOf = new Map<number, DevTrace[]>();
  private start: GraphStart | null = null;
  private readonly refreshes = new Map<number, GraphRecord>();
  private readonly positionsOf = new Map<number, Float32Array<ArrayBuffer>>();

  addTraces(traces: readonly TraceRecord[]): void {
    for (const trace of traces) {
      const there = this.tracesOf.get(trace.step);
      if (there) there.push(trace);
      else this.tracesOf.set(trace.step, [trace]);
    }
  }

  addDev(traces: readonly DevTrace[]): void {
    const [first] = traces;
    if (first) this.devOf.set(first.step, [...traces]);
  }

  addStart(start: GraphStart, positions: Float32Array<ArrayBuffer>): void {
    this.start = start;
    this.positionsOf.set(start.step, positions);
  }

  addRefresh(record: GraphRecord, positions: Float32Array<ArrayBuffer>): void {
    this.refreshes.set(record.step, record);
    this.positionsOf.set(record.step, positions);
  }

  graphStart(): Promise<GraphStart | null> {
    return Promise.resolve(this.start);
  }

  steps(): RecordedSteps {
    return { traces: [...this.tracesOf.keys()], dev: [...this.devOf.keys()], graph: [...this.refreshes.keys()] };
  }

  traces(step: number): Promise<TraceRecord[]> {
    return Promise.resolve(this.tracesOf.get(step) ?? []);
  }

  dev(step: number): Promise<DevTrace[]> {
    return Promise.resolve(this.devOf.get(step) ?? []);
  }

  refresh(step: number): Promise<GraphRecord | null> {
    return Promise.resolve(this.refreshes.get(step) ?? null);
  }

  positions(step: number): Promise<Float32Array<ArrayBuffer> | null> {
    return Promise.resolve(this.positionsOf.get(step) ?? null);
  }
}
