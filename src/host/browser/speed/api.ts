import type { BenchmarkLine } from '../../../records/speed';
import type { Listener } from '../wire';

export type { BenchmarkLine };

/** What is told while an adapter is measured. */
export type SpeedNews =
  | { kind: 'adapter'; vendor: string; architecture: string; description: string; software: boolean }
  /** A part begins: the how manieth of how many. */
  | { kind: 'begins'; what: string; part: number; parts: number }
  | { kind: 'line'; line: BenchmarkLine };

/** What the worker of the page of speeds does. Whoever wants it to end ends the worker, and its device with it. */
export interface SpeedApi {
  /**
   * Measures this browser's adapter.
   * @param tiny sizes that say nothing of a GPU, for trying out that it works.
   * @throws GpuUnavailableError where there is no adapter.
   */
  measure(tiny: boolean, tell: Listener<SpeedNews>): Promise<void>;
}
