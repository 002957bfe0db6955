import type { View } from './gpu';
import type { Recorder } from './recorder';

/** Looks at what kernels write, in programs that are recorded while a GPU has it. For finding faults: it costs time. */
export interface Watch {
  /** Called behind each call of a kernel, for every binding of floats that it writes. */
  wrote(recorder: Recorder, kernel: string, binding: string, view: View): void;
}
