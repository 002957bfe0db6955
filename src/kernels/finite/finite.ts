import shader from '../../../shaders/check/not_finite.wgsl';
import type { Gpu, Owned, View } from '../../gpu/gpu';
import type { CallRecorder, Watch } from '../../gpu/observers';
import { grid } from '../../gpu/recorder';

/** A kernel that wrote a number that is not finite, and the tensor that it wrote it to. */
export interface Written {
  kernel: string;
  binding: string;
  tensor: string;
}

const LISTED = shader.values['LISTED'] ?? 0;
/** The most calls of kernels that one watch can distinguish. */
const MOST = 2 ** 16;

/** Finds the kernels that wrote numbers that are not finite, in the order in which they did. */
export class FiniteWatch implements Watch {
  private readonly written: Written[] = [];
  private readonly found: Owned;

  constructor(private readonly gpu: Gpu) {
    this.found = gpu.buffer('not finite', 4 * (1 + LISTED + MOST));
  }

  wrote(recorder: CallRecorder, kernel: string, binding: string, view: View): void {
    if (this.written.length === MOST) return;
    const length = Math.floor(view.size / 4);
    recorder.call(shader, {
      uniforms: { length, slot: this.written.length },
      bindings: { values: view, found: this.found },
      groups: grid(length, 64),
      work: () => ({ flops: 0, bytes: 4 * length }),
    });
    this.written.push({ kernel, binding, tensor: view.name ?? view.buffer.label });
  }

  /** Forgets what was found so far. */
  clear(): void {
    const encoder = this.gpu.device.createCommandEncoder({ label: 'not finite' });
    encoder.clearBuffer(this.found.buffer);
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  /** Reads what was written since `clear`, the first of them first, at most 64. */
  async read(): Promise<Written[]> {
    const [count = 0, ...slots] = await this.gpu.readIntegers(this.found, 1 + LISTED);
    return slots.slice(0, Math.min(count, LISTED)).flatMap((slot) => this.written[slot] ?? []);
  }

  destroy(): void {
    this.gpu.free(this.found);
  }
}
