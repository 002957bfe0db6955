import { workgroupSize, type Call, type Noted } from './call';
import { GpuValidationError } from './errors';
import { BUFFER_USAGE, type Gpu, type Kernel, type Owned, type View } from './gpu';
import type { CallRecorder, Runnable } from './observers';
import { leastLength, packStruct, uniformAt, type Shader } from './shader';

/** A call as it is noted down. */
interface Pending {
  kernel: Kernel;
  uniforms: { binding: number; bytes: Uint8Array<ArrayBuffer> } | null;
  views: { binding: number; view: View }[];
  noted: Noted;
}

interface Dispatch {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  noted: Noted;
}
type Command =
  | { kind: 'dispatch'; dispatch: Dispatch }
  | { kind: 'clear'; view: View }
  | { kind: 'copy'; from: View; to: View; bytes: number };

const SLOT = 256;
const MAX_GROUPS = 65_535;

/** Workgroups for `invocations`, folded into two dimensions past 65,535. Shaders index with `flat_index`. */
export function grid(invocations: number, workgroupSize: number): [number, number, number] {
  const groups = Math.max(1, Math.ceil(invocations / workgroupSize));
  if (groups <= MAX_GROUPS) return [groups, 1, 1];
  const rows = Math.ceil(groups / MAX_GROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}

type AnyShader = Pick<Shader<unknown, string, string, unknown>, 'name' | 'uniforms' | 'bindings'>;

function packUniforms({ name, uniforms: struct }: AnyShader, uniforms: unknown): Pending['uniforms'] {
  if (!struct) return null;
  const bytes = new Uint8Array(struct.size);
  packStruct(name, struct, uniforms, new DataView(bytes.buffer));
  return { binding: struct.binding, bytes };
}

/** The views in the order of the shader's bindings. @throws RangeError for one that is too small. */
function viewsOf(
  { name, bindings }: AnyShader,
  views: Readonly<Record<string, View>>,
  constants: Readonly<Record<string, number>>,
  uniforms: unknown,
): Pending['views'] {
  const numberOf = (path: string): number => constants[path] ?? uniformAt(uniforms, path) ?? NaN;
  return bindings.map((declared) => {
    const view = views[declared.name];
    if (!view) throw new RangeError(`${name} is called without ${declared.name}`);
    const least = leastLength(declared, numberOf) * declared.bytes;
    if (view.size < least) {
      const label = view.name ?? view.buffer.label;
      throw new RangeError(`${name}: ${declared.name} (${label}) has ${view.size} bytes, expected at least ${least}`);
    }
    return { binding: declared.binding, view };
  });
}

/** Notes down dispatches once; `finish` makes the program that replays them. */
export class Recorder implements CallRecorder {
  private readonly pending: Pending[] = [];
  private spared = 0;
  private readonly order: (Exclude<Command, { kind: 'dispatch' }> | { kind: 'dispatch'; index: number })[] = [];

  constructor(
    readonly gpu: Gpu,
    readonly label: string,
  ) {}

  /**
   * Notes a kernel down. Constants are compiled in; uniforms are what they are now, every time the program runs.
   * @throws RangeError for a view that is too small, or a uniform that is no number of its type, with their names.
   */
  call<Uniforms, Bindings extends string, Constants extends string>(
    shader: Shader<Uniforms, Bindings, Constants, unknown>,
    call: NoInfer<Call<Uniforms, Bindings, Constants>>,
  ): void {
    const { uniforms, bindings, constants = shader.constants, groups, work } = call;
    const all = { ...shader.values, ...constants };
    const size = workgroupSize(shader.name, shader.code, all);
    const pending: Pending = {
      kernel: this.gpu.kernel(shader, constants),
      uniforms: packUniforms(shader, uniforms),
      views: viewsOf(shader, bindings, all, uniforms),
      noted: { kernel: shader.name, size, groups, uniforms, constants: all, views: bindings, work },
    };
    this.order.push({ kind: 'dispatch', index: this.pending.length });
    this.pending.push(pending);
    const { watch } = this.gpu;
    if (!watch) return;
    shader.bindings.forEach(({ name, access, float }, i) => {
      if (access === 'read_write' && float) watch.wrote(this, shader.name, name, pending.views[i]!.view);
    });
  }

  /** One dispatch does what other adapters need two for: their program takes the same memory, so that a plan fits both. */
  spare(): void {
    this.spared++;
  }

  clear(view: View): void {
    this.order.push({ kind: 'clear', view });
  }

  copy(from: View, to: View, bytes: number = Math.min(from.size, to.size)): void {
    this.order.push({ kind: 'copy', from, to, bytes });
  }

  /** Makes the uniform buffer and the bind groups. @throws GpuValidationError with the first kernel that was refused. */
  async finish(): Promise<Program> {
    const { gpu } = this;
    await gpu.compiled();
    return gpu.guarded(this.label, () => {
      const uniforms = gpu.buffer(
        `${this.label} uniforms`,
        Math.max(1, this.pending.length + this.spared) * SLOT,
        BUFFER_USAGE.UNIFORM | BUFFER_USAGE.COPY_DST,
      );
      const packed = new Uint8Array(this.pending.length * SLOT);
      const dispatches = this.pending.map(({ kernel, uniforms: own, views, noted }, slot): Dispatch => {
        if (own) packed.set(own.bytes, slot * SLOT);
        const { label, pipeline } = kernel;
        // The GPU was lost while it compiled: the wait for a result rejects.
        if (!pipeline) throw new GpuValidationError(label, 'it was not compiled');
        const bindGroup = gpu.device.createBindGroup({
          label,
          layout: pipeline.getBindGroupLayout(0),
          entries: [
            ...(own
              ? [
                  {
                    binding: own.binding,
                    resource: { buffer: uniforms.buffer, offset: slot * SLOT, size: own.bytes.length },
                  },
                ]
              : []),
            ...views.map(({ binding, view: { buffer, offset, size } }) => ({
              binding,
              resource: { buffer, offset, size },
            })),
          ],
        });
        gpu.counters.bindGroups++;
        return { pipeline, bindGroup, noted };
      });
      gpu.write(uniforms, packed);
      const commands = this.order.map((entry): Command =>
        entry.kind === 'dispatch' ? { kind: 'dispatch', dispatch: dispatches[entry.index]! } : entry,
      );
      return new Program(gpu, this.label, commands, uniforms);
    });
  }
}

/** A recorded step. `encode` allocates nothing on the GPU and waits for nothing. */
export class Program implements Runnable {
  /** Submits per run: raised where one submit would hold the GPU for more than 100 ms. */
  submits = 1;

  constructor(
    private readonly gpu: Gpu,
    readonly label: string,
    private readonly commands: readonly Command[],
    private readonly uniforms: Owned,
  ) {}

  get dispatches(): number {
    return this.commands.length;
  }

  get calls(): readonly Noted[] {
    return this.commands.flatMap((command) => (command.kind === 'dispatch' ? [command.dispatch.noted] : []));
  }

  /** Submits the program `times` times over, in order. */
  run(times = 1): void {
    this.gpu.ran?.(this, times);
    const { profiler } = this.gpu;
    if (profiler) profiler.run(this, times);
    else this.submit(times);
  }

  submit(times: number): void {
    if (this.submits > 1 && times !== 1) {
      for (let i = 0; i < times; i++) this.submit(1);
      return;
    }
    const per = Math.ceil(this.commands.length / this.submits);
    for (let submit = 0; submit < this.submits; submit++) {
      const commands = this.commands.slice(submit * per, (submit + 1) * per);
      this.gpu.submit(this.label, (encoder) => {
        for (let i = 0; i < times; i++) encode(encoder, commands);
      });
    }
  }

  /**
   * Runs the program once and returns how long the GPU took for its dispatches, in milliseconds; null where the adapter
   * has no timestamps. For profiles: it allocates and waits.
   */
  async measure(): Promise<number | null> {
    const { device } = this.gpu;
    if (!device.features.has('timestamp-query')) return null;
    const passes = this.commands.filter(
      ({ kind }, i) => kind === 'dispatch' && this.commands[i - 1]?.kind !== kind,
    ).length;
    const count = Math.max(1, passes) * 2;
    const querySet = device.createQuerySet({ label: this.label, type: 'timestamp', count });
    const times = this.gpu.buffer('timestamps', count * 8, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
    try {
      const encoder = device.createCommandEncoder({ label: this.label });
      encode(encoder, this.commands, querySet);
      encoder.resolveQuerySet(querySet, 0, passes * 2, times.buffer, 0);
      device.queue.submit([encoder.finish()]);
      const stamps = new BigUint64Array(await this.gpu.read(times));
      let nanoseconds = 0n;
      for (let pass = 0; pass < passes; pass++) nanoseconds += stamps[pass * 2 + 1]! - stamps[pass * 2]!;
      return Number(nanoseconds) / 1e6;
    } finally {
      querySet.destroy();
      this.gpu.free(times);
    }
  }

  encodeEach(encoder: GPUCommandEncoder, querySet: GPUQuerySet, first: number): void {
    let query = first;
    for (const command of this.commands) {
      if (command.kind === 'dispatch') {
        encode(encoder, [command], querySet, query);
        query += 2;
      } else encode(encoder, [command]);
    }
  }

  destroy(): void {
    this.gpu.free(this.uniforms);
  }
}

/** @param querySet takes the times at which each pass begins and ends, two a pass, from `query` on. */
function encode(encoder: GPUCommandEncoder, commands: readonly Command[], querySet?: GPUQuerySet, query = 0): void {
  let pass: GPUComputePassEncoder | null = null;
  let passes = 0;
  const begin = (): GPUComputePassEncoder => {
    const first = query + passes++ * 2;
    if (!querySet) return encoder.beginComputePass();
    const timestampWrites = { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
    return encoder.beginComputePass({ timestampWrites });
  };
  for (const command of commands) {
    if (command.kind === 'dispatch') {
      pass ??= begin();
      pass.setPipeline(command.dispatch.pipeline);
      pass.setBindGroup(0, command.dispatch.bindGroup);
      pass.dispatchWorkgroups(...command.dispatch.noted.groups);
      continue;
    }
    pass?.end();
    pass = null;
    if (command.kind === 'clear') encoder.clearBuffer(command.view.buffer, command.view.offset, command.view.size);
    else
      encoder.copyBufferToBuffer(
        command.from.buffer,
        command.from.offset,
        command.to.buffer,
        command.to.offset,
        command.bytes,
      );
  }
  pass?.end();
}
