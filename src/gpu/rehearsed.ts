import { Gpu, type View } from './gpu';
import { PLANNED, plannedDevice } from './planned';
import type { Program } from './recorder';
import type { Filled, Noted, Work } from './work';

/** Buffers up to so many bytes keep what is written to them: counts, ids and ranges of batches do, weights do not. */
const KEPT_BYTES = 4 << 20;

/** A dispatch of one run: its workgroups that have something to do, and what they must do. */
export interface Rehearsed extends Work {
  program: string;
  kernel: string;
  workgroups: number;
  /** Of a workgroup. */
  invocations: number;
  /** How often it ran. */
  times: number;
}

/**
 * A GPU that computes nothing, on which steps run all the same: it keeps what the CPU uploads of sizes, ids and ranges, and
 * notes each dispatch with what it would do of them. What kernels would have written reads as zeros.
 */
export class RehearsedGpu extends Gpu {
  private readonly kept = new WeakMap<GPUBuffer, Uint8Array<ArrayBuffer>>();
  private noted: Rehearsed[] = [];

  /** @param vendor of the adapter that it stands for, as WebGPU names it. */
  constructor(vendor = '') {
    super(plannedDevice(), { ...PLANNED, vendor, software: false });
    this.ran = (program, times) => this.noted.push(...rehearsedOf(program, times, (view) => this.bytesOf(view)));
  }

  /** What ran since the last time it was asked. */
  take(): Rehearsed[] {
    const taken = this.noted;
    this.noted = [];
    return taken;
  }

  override write(view: View, data: ArrayBufferView, byteOffset = 0): void {
    const { buffer, offset } = view;
    if (buffer.size > KEPT_BYTES || data.byteLength === 0) return;
    const kept = this.kept.get(buffer) ?? new Uint8Array(buffer.size);
    this.kept.set(buffer, kept);
    kept.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset + byteOffset);
  }

  override read(view: View, bytes: number = view.size, byteOffset = 0): Promise<ArrayBuffer> {
    const part = { buffer: view.buffer, offset: view.offset + byteOffset, size: bytes };
    return Promise.resolve(this.bytesOf(part).slice().buffer);
  }

  override submit(): void {
    this.counters.submits++;
  }

  override idle(): Promise<void> {
    return Promise.resolve();
  }

  private bytesOf({ buffer, offset, size }: View): Uint8Array<ArrayBuffer> {
    const kept = this.kept.get(buffer);
    return kept ? kept.slice(offset, offset + size) : new Uint8Array(size);
  }
}

/** What a call works on, by what the buffers hold. */
function filledOf({ views }: Noted, bytesOf: (view: View) => Uint8Array<ArrayBuffer>): Filled {
  const integers = (binding: string): Uint32Array => {
    const view = views[binding];
    if (!view) throw new RangeError(`a kernel counts its work by ${binding}, which it has not`);
    return new Uint32Array(bytesOf(view).buffer);
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

/** @param bytesOf what a buffer holds. */
export function rehearsedOf(
  program: Program,
  times: number,
  bytesOf: (view: View) => Uint8Array<ArrayBuffer>,
): Rehearsed[] {
  return program.calls.map((noted): Rehearsed => {
    const filled = filledOf(noted, bytesOf);
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
