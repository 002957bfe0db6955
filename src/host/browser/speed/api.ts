import type { BenchmarkLine } from '../../../records/speed';
import type { Listener } from '../wire';

export type { BenchmarkLine };

/** Events while an adapter is measured. */
export type SpeedNews =
  | { kind: 'adapter'; vendor: string; architecture: string; description: string; software: boolean }
  /** A part begins: its number from 1, of `parts`. */
  | { kind: 'begins'; what: string; part: number; parts: number }
  | { kind: 'line'; line: BenchmarkLine };

/** Messages to the worker of the speed page. To cancel, the page ends the worker, and with it its device. */
export interface SpeedApi {
  /**
   * Measures this browser's adapter.
   * @param tiny whether to use tiny sizes, which only show that it works.
   * @throws GpuUnavailableError where there is no adapter.
   */
  measure(tiny: boolean, tell: Listener<SpeedNews>): Promise<void>;
}
