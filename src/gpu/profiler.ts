import type { Gpu, Owned } from './gpu';
import type { RunTimer, Runnable } from './observers';
import { rehearsedOf, type Rehearsed } from './rehearsed';
import { Uploads } from './uploads';

/** A dispatch that ran. */
export interface Timed extends Rehearsed {
  /** Time of all its runs together, by the GPU's own clock; null where the adapter has none. */
  microseconds: number | null;
}

/** WebGPU's most timestamps of a query set. */
const QUERIES = 4096;

interface Batch {
  dispatches: Rehearsed[];
  stamps: Owned | null;
  querySet: GPUQuerySet | null;
}

/**
 * Times each dispatch that is run while the GPU has it, and counts its work by what was uploaded meanwhile. Dispatches are
 * timed in passes of their own, which takes longer than a step usually takes; the results are the usual ones.
 */
export class Profiler implements RunTimer {
  readonly uploads = new Uploads();
  private readonly isTimed: boolean;
  private batches: Batch[] = [];

  constructor(private readonly gpu: Gpu) {
    this.isTimed = gpu.device.features.has('timestamp-query');
  }

  run(program: Runnable, times: number): void {
    const dispatches = rehearsedOf(program, 1, this.uploads);
    const perSet = Math.max(1, Math.min(times, Math.floor(QUERIES / Math.max(2, 2 * dispatches.length))));
    if (!this.isTimed || 2 * dispatches.length > QUERIES) {
      program.submit(times);
      this.batches.push({ dispatches: dispatches.map((one) => ({ ...one, times })), stamps: null, querySet: null });
      return;
    }
    for (let done = 0; done < times; done += perSet) this.timed(program, dispatches, Math.min(perSet, times - done));
  }

  private timed(program: Runnable, dispatches: readonly Rehearsed[], times: number): void {
    const { gpu } = this;
    const count = Math.max(2, 2 * dispatches.length * times);
    const querySet = gpu.device.createQuerySet({ label: program.label, type: 'timestamp', count });
    const stamps = gpu.buffer('timestamps', count * 8, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
    gpu.submit(program.label, (encoder) => {
      for (let i = 0; i < times; i++) program.encodeEach(encoder, querySet, 2 * dispatches.length * i);
      encoder.resolveQuerySet(querySet, 0, count, stamps.buffer, 0);
    });
    const all = Array.from({ length: times }, () => dispatches).flat();
    this.batches.push({ dispatches: all, stamps, querySet });
  }

  /** Returns what ran since the last call, in order, after waiting for it. */
  async take(): Promise<Timed[]> {
    const batches = this.batches;
    this.batches = [];
    const timed: Timed[] = [];
    try {
      for (const { dispatches, stamps } of batches) {
        const times = stamps && new BigUint64Array(await this.gpu.read(stamps));
        dispatches.forEach((dispatch, i) => {
          // Clocks of some adapters step back between two passes.
          const taken = times && Math.max(0, Number(times[2 * i + 1]! - times[2 * i]!) / 1000);
          timed.push({ ...dispatch, microseconds: taken });
        });
      }
    } finally {
      for (const { stamps, querySet } of batches) {
        querySet?.destroy();
        if (stamps) this.gpu.free(stamps);
      }
    }
    return timed;
  }
}
