import type { Call, Noted } from './call';
import type { Shader } from './shader';
import type { Uploads } from './uploads';
import type { View } from './view';

/** A recorded program, as those know it that count or time what runs. */
export interface Runnable {
  readonly label: string;
  /** Its calls of kernels, in order. */
  readonly calls: readonly Noted[];
  /** Submits it `times` times over, without calling any observer. */
  submit(times: number): void;
  /** Encodes each dispatch in a pass of its own, the times of which go to the query set, two each. */
  encodeEach(encoder: GPUCommandEncoder, querySet: GPUQuerySet, first: number): void;
}

/** Runs programs in its own way to time them, and receives what the CPU writes meanwhile (`profiler.ts`). */
export interface RunTimer {
  readonly uploads: Uploads;
  run(program: Runnable, times: number): void;
}

/** Notes down calls of kernels (`Recorder`). */
export interface CallRecorder {
  call<Uniforms, Bindings extends string, Constants extends string>(
    shader: Shader<Uniforms, Bindings, Constants, unknown>,
    call: NoInfer<Call<Uniforms, Bindings, Constants>>,
  ): void;
}

/** Looks at what kernels write, in programs that are recorded while a GPU has it. For finding faults: it costs time. */
export interface Watch {
  /** Called behind each call of a kernel, for every binding of floats that it writes. */
  wrote(recorder: CallRecorder, kernel: string, binding: string, view: View): void;
}
