import type { Filled, Noted, Work } from './call';
import { Gpu, type View } from './gpu';
import type { Runnable } from './observers';
import { PLANNED, plannedDevice } from './planned';
import { Uploads } from './uploads';

/** A dispatch of one run: its workgroups that have something to do, and what they must do. */
export interface Rehearsed extends Work {
  program: string;
  kernel: string;
  workgroups: number;
  /** Number of invocations of a workgroup. */
  invocations: number;
  /** Number of times it ran. */
  times: number;
}

/**
 * A GPU that computes nothing, on which steps run all the same: it keeps what the CPU uploads of sizes, ids and ranges, and
 * notes each dispatch with what it would do of them. What kernels would have written reads as zeros.
 */
export class RehearsedGpu extends Gpu {
  private readonly uploads = new Uploads();
  private noted: Rehearsed[] = [];

  /** @param vendor of the adapter that it stands for, as WebGPU names it. */
  constructor(vendor = '') {
    super(plannedDevice(), { ...PLANNED, vendor, software: false });
    this.ran = (program, times) => this.noted.push(...rehearsedOf(program, times, this.uploads));
  }

  /** Returns the dispatches that ran since the last call. */
  take(): Rehearsed[] {
    const taken = this.noted;
    this.noted = [];
    return taken;
  }

  override write(view: View, data: ArrayBufferView, byteOffset = 0): void {
    this.uploads.wrote(view, data, byteOffset);
  }

  override read(view: View, bytes: number = view.size, byteOffset = 0): Promise<ArrayBuffer> {
    const part = { buffer: view.buffer, offset: view.offset + byteOffset, size: bytes };
    return Promise.resolve(this.uploads.bytesOf(part).buffer);
  }

  override submit(): void {
    this.counters.submits++;
  }

  override idle(): Promise<void> {
    return Promise.resolve();
  }
}

/** The sizes that a call works on, by the contents of the buffers. */
function filledOf({ views }: Noted, uploads: Uploads): Filled {
  const integers = (binding: string): Uint32Array => {
    const view = views[binding];
    if (!view) throw new RangeError(`a kernel counts its work by ${binding}, which it has not`);
    return new Uint32Array(uploads.bytesOf(view).buffer);
  };
  return {
    integers,
    live: ({ limit, slot, start }) => Math.min(limit, Math.max(0, (integers('counts')[slot] ?? 0) - start)),
  };
}

/** The rows that workgroups are laid out over: a uniform of this name, or those of a norm. */
function rowsOf(uniforms: unknown): { limit: number; slot: number; start: number } | null {
  if (typeof uniforms !== 'object' || uniforms === null) return null;
  const norm: unknown = Reflect.get(uniforms, 'norm');
  const rows: unknown = Reflect.get(typeof norm === 'object' && norm !== null ? norm : uniforms, 'rows');
  if (typeof rows !== 'object' || rows === null) return null;
  const [limit, slot, start] = ['limit', 'slot', 'start'].map((name) => Number(Reflect.get(rows, name)));
  return { limit: limit!, slot: slot!, start: start! };
}

/** The dispatches of a program by what its buffers hold now. */
export function rehearsedOf(program: Pick<Runnable, 'label' | 'calls'>, times: number, uploads: Uploads): Rehearsed[] {
  return program.calls.map((noted): Rehearsed => {
    const filled = filledOf(noted, uploads);
    const rows = rowsOf(noted.uniforms);
    const all = noted.groups.reduce((product, side) => product * side, 1);
    const share = rows && rows.limit > 0 ? filled.live(rows) / rows.limit : 1;
    const { kernel, size: invocations, work } = noted;
    return {
      program: program.label,
      kernel,
      workgroups: Math.ceil(all * share),
      invocations,
      times,
      ...work(filled),
    };
  });
}
