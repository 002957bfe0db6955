import * as v from 'valibot';
import { decodeUtf8 } from '../../../formats/json';
import { writeGraphStart, type GraphStartFile } from '../../../records/graph-start';
import type {
  DevTrace,
  EvaluationPoint,
  GraphRecord,
  GraphStart,
  RecordedSteps,
  StepMetrics,
  TraceRecord,
} from '../../../records/records';
import {
  devTraceSchema,
  evaluationPointSchema,
  graphSchema,
  graphStartSchema,
  metricsSchema,
  traceSchema,
} from '../../../records/record-schemas';
import type { Journal, JournalIndex } from './journal';

/** Bytes of the step, which stand before each set of positions. */
const FRAME_BYTES = 4;

/** The type of a line of each journal; positions are no lines. */
interface Lines {
  metrics: StepMetrics;
  dev: EvaluationPoint;
  traces: TraceRecord;
  'dev-traces': DevTrace;
  'graph-start': GraphStartFile;
  graph: GraphRecord;
}
const SCHEMAS: { readonly [Name in keyof Lines]: v.GenericSchema<unknown, Lines[Name]> } = {
  metrics: metricsSchema,
  dev: evaluationPointSchema,
  traces: traceSchema,
  'dev-traces': devTraceSchema,
  'graph-start': graphStartSchema,
  graph: graphSchema,
};

/** A run's records in its journals: written as they come, read back a step at a time. */
export class JournalRecords {
  /**
   * @param journal null where the run is only read.
   * @param refreshed called before the index is read, which another worker may be writing.
   */
  constructor(
    private readonly index: JournalIndex,
    private readonly journal: Journal | null,
    private readonly refreshed: () => Promise<void> = () => Promise.resolve(),
  ) {}

  addMetrics(steps: readonly StepMetrics[]): void {
    const last = steps.at(-1);
    if (last) this.journal?.append('metrics', last.step, lines(steps));
  }

  addEvaluation(point: EvaluationPoint): void {
    this.journal?.append('dev', point.step, lines([point]));
  }

  addTraces(traces: readonly TraceRecord[]): void {
    const first = traces[0];
    if (first) this.journal?.append('traces', first.step, lines(traces));
  }

  /** Adds the greedy completions of one evaluation. */
  addDev(traces: readonly DevTrace[]): void {
    const first = traces[0];
    if (first) this.journal?.append('dev-traces', first.step, lines(traces));
  }

  /**
   * Adds the graph that stage 2 begins with. A run that continues from the end of stage 1 emits it again; the same bits
   * are not kept twice.
   * @param positions of all documents in the plane, (N, 2).
   */
  addStart(start: GraphStart, positions: Float32Array<ArrayBuffer>): void {
    const { step } = start;
    const isKept = (name: 'positions' | 'graph-start'): boolean => this.index.steps(name).includes(step);
    if (!isKept('positions')) this.journal?.append('positions', step, frame(step, positions));
    if (!isKept('graph-start')) this.journal?.append('graph-start', step, lines([writeGraphStart(start)]));
  }

  /** Adds a refresh. @param positions of all documents in the plane after it, (N, 2). */
  addRefresh(record: GraphRecord, positions: Float32Array<ArrayBuffer>): void {
    this.journal?.append('graph', record.step, lines([record]));
    this.journal?.append('positions', record.step, frame(record.step, positions));
  }

  steps(): RecordedSteps {
    const { index } = this;
    return { traces: index.steps('traces'), dev: index.steps('dev-traces'), graph: index.steps('graph') };
  }

  /** Reads what another worker has written since. */
  look(): Promise<void> {
    return this.refreshed();
  }

  /** All lines of a journal. */
  async all<Name extends keyof Lines>(name: Name): Promise<Lines[Name][]> {
    return parsed(await this.index.readAll(name), SCHEMAS[name]);
  }

  /** A journal's lines of one step; empty for a step without any. */
  async at<Name extends keyof Lines>(name: Name, step: number): Promise<Lines[Name][]> {
    return parsed(await this.index.read(name, step), SCHEMAS[name]);
  }

  /** All documents in the plane after a step's refresh, or at the graph's start, (N, 2); null where none are kept. */
  async positions(step: number): Promise<Float32Array<ArrayBuffer> | null> {
    const bytes = await this.index.read('positions', step);
    return bytes.length === 0 ? null : new Float32Array(bytes.slice(FRAME_BYTES).buffer);
  }
}

function lines(records: readonly object[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
}

function frame(step: number, positions: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FRAME_BYTES + positions.byteLength);
  new DataView(bytes.buffer).setUint32(0, step, true);
  bytes.set(new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength), FRAME_BYTES);
  return bytes;
}

/**
 * The offset of each set of positions in `positions.bin`; null where it does not hold whole sets of this many
 * documents.
 */
export function positionFrames(
  bytes: Uint8Array,
  documents: number,
): { step: number; offset: number; length: number }[] | null {
  const length = FRAME_BYTES + 8 * documents;
  if (bytes.length % length !== 0) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / length }, (_, at) => {
    return { step: view.getUint32(at * length, true), offset: at * length, length };
  });
}

function parsed<T>(bytes: Uint8Array, schema: v.GenericSchema<unknown, T>): T[] {
  const text = decodeUtf8(bytes, 'a journal');
  const ends = text.split('\n').filter((line) => line !== '');
  return ends.map((line) => v.parse(schema, JSON.parse(line)));
}
