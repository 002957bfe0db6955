import type { Tuning } from '../records/tuning';
import { DeviceLostError, GpuOutOfMemoryError, GpuUnavailableError, GpuValidationError } from './errors';
import type { RunTimer, Runnable, Watch } from './observers';
import type { Shader } from './shader';
import { specialiseLines, textOf, type CompiledLine } from './specialise';
import type { Owned, View } from './view';

export type { Owned, View };

/** A compiled shader with one entry point, `main`, and one bind group. */
export interface Kernel {
  readonly label: string;
  /** The compiled pipeline; null while it is compiled, and where the GPU refused it. */
  pipeline: GPUComputePipeline | null;
}

export interface AdapterIdentity {
  vendor: string;
  architecture: string;
  description: string;
  /** Runs on the CPU: correct and slow. */
  software: boolean;
}

/** The part of a device that the engine uses. */
export type Device = Pick<
  GPUDevice,
  | 'label'
  | 'features'
  | 'lost'
  | 'adapterInfo'
  | 'addEventListener'
  | 'removeEventListener'
  | 'createBuffer'
  | 'createShaderModule'
  | 'createComputePipelineAsync'
  | 'createBindGroup'
  | 'createCommandEncoder'
  | 'createQuerySet'
  | 'pushErrorScope'
  | 'popErrorScope'
  | 'destroy'
> & {
  readonly limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>;
  readonly queue: Pick<GPUQueue, 'writeBuffer' | 'submit' | 'onSubmittedWorkDone'>;
};

/** WebGPU's `GPUBufferUsage`, which is missing where WebGPU is: a plan needs none. */
export const BUFFER_USAGE = { COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 } as const;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Limits worth raising to what the adapter has; every kernel also fits the defaults. */
const RAISED = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;
/** Milliseconds between nudges; timers of a browser are slower after a few of them. */
const NUDGE_MS = 1;
const WANTED_FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16'];

/**
 * The device and what we own on it: buffers, pipelines, reads. About ten methods; everything that computes goes through a
 * recorded program (`recorder.ts`).
 */
export class Gpu {
  /**
   * Counters for the tests of steady state: live buffers, bind groups and the like ever made, and `waits`, how often
   * the CPU began to wait for the GPU while it was not waiting already: reads that are requested together are one.
   */
  readonly counters = { liveBuffers: 0, liveBytes: 0, bindGroups: 0, pipelines: 0, submits: 0, waits: 0 };
  /**
   * Whether to submit nothing again and again during a wait: Firefox checks for finished work at each submit, and else
   * about every 100 ms.
   */
  nudges = false;
  /**
   * Called when a wait for the GPU begins, with a function that says whether it still lasts. Dawn in Node polls while a
   * promise is pending and takes a core from an adapter that is a CPU: the command line slows it down. A browser need
   * not.
   */
  whileWaiting: ((isWaiting: () => boolean) => void) | null = null;
  /** What was measured of tiles on this adapter; whoever opens the device sets it before anything is recorded. */
  tuning: Tuning | null = null;
  /** Looks at what programs write that are recorded while it is set. */
  watch: Watch | null = null;
  /** Called with each program that is run, before it is submitted. */
  ran: ((program: Runnable, times: number) => void) | null = null;
  /** Times what is run while it is set. */
  profiler: RunTimer | null = null;
  private readonly owned = new Set<GPUBuffer>();
  private readonly kernels = new Map<string, Kernel>();
  private readonly byConstants = new WeakMap<object, Map<string, Kernel>>();
  private readonly compiling = new Set<Promise<void>>();
  private readonly asked: { shader: Shader<unknown, string, string>; constants: Readonly<Record<string, number>> }[] =
    [];
  private lostReason: string | null = null;
  private firstError: Error | null = null;
  private waiting = 0;
  private isNudging = false;

  /** `Gpu.create` makes one of an adapter. */
  constructor(
    readonly device: Device,
    readonly adapter: AdapterIdentity,
  ) {
    device.addEventListener('uncapturederror', ({ error }) => {
      this.firstError ??= named('uncaptured', error);
    });
    void device.lost.then((info) => {
      this.lostReason = info.message || info.reason || 'no reason given';
    });
  }

  /** @throws GpuUnavailableError where there is no adapter, or it refuses a device. */
  static async create(adapter: GPUAdapter | null, label = ''): Promise<Gpu> {
    if (!adapter) throw new GpuUnavailableError('No WebGPU adapter was found.');
    const requiredLimits: Record<string, number> = {};
    for (const name of RAISED) requiredLimits[name] = adapter.limits[name];
    const requiredFeatures = WANTED_FEATURES.filter((feature) => adapter.features.has(feature));
    let device: GPUDevice;
    try {
      device = await adapter.requestDevice({ label, requiredLimits, requiredFeatures });
    } catch (error) {
      throw new GpuUnavailableError(
        `The adapter refused a device: ${error instanceof Error ? error.message : 'unknown'}`,
      );
    }
    return new Gpu(device, identify(adapter));
  }

  /** @param bytes rounded up to a multiple of 4; a buffer is zeroed at creation. */
  buffer(
    label: string,
    bytes: number,
    usage: number = BUFFER_USAGE.STORAGE | BUFFER_USAGE.COPY_SRC | BUFFER_USAGE.COPY_DST,
  ): Owned {
    this.check();
    const size = Math.max(16, Math.ceil(bytes / 4) * 4);
    if (size > this.device.limits.maxBufferSize) {
      throw new GpuOutOfMemoryError(
        `${label} needs ${size} bytes; this adapter's buffers hold ${this.device.limits.maxBufferSize}`,
      );
    }
    const buffer = this.device.createBuffer({ label, size, usage });
    this.counters.liveBuffers++;
    this.counters.liveBytes += size;
    this.owned.add(buffer);
    return { buffer, offset: 0, size, owned: true };
  }

  /** A storage buffer that starts with `data`. */
  upload(label: string, data: ArrayBufferView): Owned {
    const view = this.buffer(label, data.byteLength);
    this.write(view, data);
    return view;
  }

  write(view: View, data: ArrayBufferView, byteOffset = 0): void {
    if (data.byteLength === 0) return;
    this.profiler?.uploads.wrote(view, data, byteOffset);
    this.device.queue.writeBuffer(view.buffer, view.offset + byteOffset, data.buffer, data.byteOffset, data.byteLength);
  }

  /** Reads bytes back; resolves when the queue has passed everything submitted before. Does not stall later submits. */
  async read(view: View, bytes: number = view.size, byteOffset = 0): Promise<ArrayBuffer> {
    this.check();
    const size = Math.ceil(bytes / 4) * 4;
    const staging = this.device.createBuffer({
      label: 'read',
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const encoder = this.device.createCommandEncoder({ label: 'read' });
    encoder.copyBufferToBuffer(view.buffer, view.offset + byteOffset, staging, 0, size);
    this.device.queue.submit([encoder.finish()]);
    try {
      await this.waited(staging.mapAsync(GPUMapMode.READ));
      return staging.getMappedRange().slice(0, bytes);
    } catch (error) {
      this.check();
      throw error;
    } finally {
      staging.destroy();
    }
  }

  async readFloats(view: View, count = view.size / 4, offset = 0): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await this.read(view, count * 4, offset * 4));
  }

  async readIntegers(view: View, count = view.size / 4): Promise<Uint32Array<ArrayBuffer>> {
    return new Uint32Array(await this.read(view, count * 4));
  }

  /** @throws RangeError for a buffer that is freed already. */
  free(...buffers: Owned[]): void {
    for (const { buffer } of buffers) {
      if (!this.owned.delete(buffer)) throw new RangeError(`${buffer.label} is freed twice`);
      this.counters.liveBuffers--;
      this.counters.liveBytes -= buffer.size;
      buffer.destroy();
    }
  }

  /** Bytes of the buffers that are held, by the words of their labels before any number, the largest first. */
  get held(): { owner: string; bytes: number }[] {
    const sums = new Map<string, number>();
    for (const { label, size } of this.owned) {
      const owner = /^[^\d]*/.exec(label)![0].trim() || label;
      sums.set(owner, (sums.get(owner) ?? 0) + size);
    }
    return [...sums].map(([owner, bytes]) => ({ owner, bytes })).sort((a, b) => b.bytes - a.bytes);
  }

  /** Encodes commands and submits them, as one. */
  submit(label: string, encode: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.device.createCommandEncoder({ label });
    encode(encoder);
    this.device.queue.submit([encoder.finish()]);
    this.counters.submits++;
  }

  /** Compiles a shader once per source and constants. */
  kernel<Name extends string>(
    shader: Shader<unknown, string, Name>,
    constants: Readonly<Record<Name, number>>,
  ): Kernel {
    // A step calls a kernel of the same constants many times: its text is made once.
    const made = this.byConstants.get(shader) ?? new Map<string, Kernel>();
    this.byConstants.set(shader, made);
    const key = JSON.stringify(constants);
    const kernel = made.get(key) ?? this.compile(shader, constants);
    made.set(key, kernel);
    return kernel;
  }

  private compile(shader: Shader<unknown, string, string>, constants: Readonly<Record<string, number>>): Kernel {
    const label = shader.name;
    const lines = specialiseLines(label, shader.code, constants);
    const code = textOf(lines);
    const cached = this.kernels.get(code);
    if (cached) return cached;
    const kernel: Kernel = { label, pipeline: null };
    this.kernels.set(code, kernel);
    this.asked.push({ shader, constants });
    this.counters.pipelines++;
    this.device.pushErrorScope('validation');
    const module = this.device.createShaderModule({ label, code });
    const parsed = this.device.popErrorScope();
    // In parallel with other kernels and other work; recording with this kernel waits for it.
    const asked = this.device.createComputePipelineAsync({
      label,
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    const refused = async (message: string): Promise<void> => {
      // Noted at once: what follows from it is reported soon after, and says less.
      const bare = new GpuValidationError(label, message);
      this.firstError ??= bare;
      const detailed = await complaint(module, shader, lines, message);
      if (this.firstError === bare) this.firstError = new GpuValidationError(label, detailed);
    };
    const compiled = Promise.allSettled([parsed, asked]).then(async ([text, made]) => {
      if (made.status === 'fulfilled') kernel.pipeline = made.value;
      else {
        const error = text.status === 'fulfilled' ? text.value : null;
        await refused(error?.message ?? String(made.reason));
      }
      this.compiling.delete(compiled);
    });
    this.compiling.add(compiled);
    return kernel;
  }

  /**
   * Begins to compile the kernels that another GPU was asked for, so that recording the same here later does not wait
   * for them.
   */
  compileAhead({ asked }: Gpu): void {
    for (const { shader, constants } of asked) this.kernel(shader, constants);
  }

  /** Resolves when all requested kernels are compiled. @throws the GPU's error for one that it refused. */
  async compiled(): Promise<void> {
    if (this.compiling.size === 0) return;
    let isCompiling = true;
    this.whileWaiting?.(() => isCompiling);
    try {
      await Promise.all(this.compiling);
    } finally {
      isCompiling = false;
    }
    this.check();
  }

  /** Runs `make` and fails with a named error if the GPU refuses anything in it. */
  async guarded<T>(operation: string, make: () => T): Promise<T> {
    this.device.pushErrorScope('out-of-memory');
    this.device.pushErrorScope('validation');
    let result: T;
    try {
      result = make();
    } catch (error) {
      // The scopes are a stack: what was pushed must come off, whatever happened between.
      void this.device.popErrorScope().catch(() => null);
      void this.device.popErrorScope().catch(() => null);
      throw error;
    }
    const validation = this.device.popErrorScope();
    const memory = this.device.popErrorScope();
    const error = (await validation) ?? (await memory);
    this.check();
    if (error) throw named(operation, error);
    return result;
  }

  /** Resolves when everything submitted so far is done. */
  async idle(): Promise<void> {
    await this.waited(this.device.queue.onSubmittedWorkDone());
    this.check();
  }

  /** Counts a wait, and nudges the queue until it is over. */
  private async waited(result: Promise<unknown>): Promise<void> {
    const isFirst = this.waiting === 0;
    this.waiting++;
    if (isFirst) {
      this.counters.waits++;
      this.whileWaiting?.(() => this.waiting > 0);
    }
    if (this.nudges && !this.isNudging) this.nudge();
    try {
      await result;
    } finally {
      this.waiting--;
    }
  }

  private nudge(): void {
    this.isNudging = this.waiting > 0 && this.lostReason === null;
    if (!this.isNudging) return;
    this.device.queue.submit([]);
    setTimeout(() => this.nudge(), NUDGE_MS);
  }

  get lost(): Promise<GPUDeviceLostInfo> {
    return this.device.lost;
  }

  /**
   * Whether the device is lost. Waits up to `patience` milliseconds, because the error that follows from a loss can be
   * reported before the loss.
   */
  isLost(patience = 1000): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patience));
    return Promise.race([this.device.lost.then(() => true), late]);
  }

  /**
   * Checks for errors of the device; called wherever a result is returned.
   * @throws the first uncaught error, or DeviceLostError.
   */
  check(): void {
    if (this.lostReason !== null) throw new DeviceLostError(`The GPU device was lost: ${this.lostReason}`);
    if (this.firstError) throw this.firstError;
  }

  destroy(): void {
    this.device.destroy();
  }
}

/** The compiler's first error, with the file, the line and its text; the bare message where it names no place. */
async function complaint(
  module: GPUShaderModule,
  { origins }: Pick<Shader<unknown, string, string>, 'origins'>,
  lines: readonly CompiledLine[],
  message: string,
): Promise<string> {
  const { messages } = await module.getCompilationInfo();
  const first = messages.find(({ type }) => type === 'error');
  const compiled = first && lines[first.lineNum - 1];
  if (!first || !compiled) return message;
  const [from, file, fileLine] = origins.findLast(([line]) => line <= compiled.line) ?? [1, '', 1];
  return `shaders/${file}:${fileLine + compiled.line - from}: ${first.message}\n${compiled.text}`;
}

function named(operation: string, error: GPUError): Error {
  return error instanceof GPUOutOfMemoryError
    ? new GpuOutOfMemoryError(`${operation}: ${error.message}`)
    : new GpuValidationError(operation, error.message);
}

export function identify(adapter: {
  info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description' | 'isFallbackAdapter'>;
}): AdapterIdentity {
  // Firefox leaves all of it empty; a fallback adapter computes on the processor.
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const software = isFallbackAdapter || SOFTWARE.test(`${vendor} ${architecture} ${description}`);
  return { vendor, architecture, description, software };
}
