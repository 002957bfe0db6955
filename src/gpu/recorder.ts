import { BUFFER_USAGE, type Gpu, type Kernel, type View } from './gpu';

/** A 32-bit word of a kernel's uniforms: integers as they are, floats marked. */
export type Word = number | { readonly f32: number };
export const f32 = (value: number): Word => ({ f32: value });

interface Dispatch {
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  groups: readonly [number, number, number];
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

/** Notes down dispatches once; `finish` makes the program that replays them. */
export class Recorder {
  private readonly pending: {
    kernel: Kernel;
    words: readonly Word[];
    views: readonly View[];
    groups: readonly [number, number, number];
  }[] = [];
  private readonly order: (Exclude<Command, { kind: 'dispatch' }> | { kind: 'dispatch'; index: number })[] = [];

  constructor(
    readonly gpu: Gpu,
    readonly label: string,
  ) {}

  /**
   * @param words the kernel's uniforms (binding 0), in the order of its struct; none: no binding 0 uniform.
   * @param views bindings 1, 2, …
   */
  dispatch(
    kernel: Kernel,
    words: readonly Word[],
    views: readonly View[],
    groups: readonly [number, number, number],
  ): void {
    this.order.push({ kind: 'dispatch', index: this.pending.length });
    this.pending.push({ kernel, words, views, groups });
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
    return gpu.guarded(this.label, () => {
      const uniforms = gpu.buffer(
        `${this.label} uniforms`,
        Math.max(1, this.pending.length) * SLOT,
        BUFFER_USAGE.UNIFORM | BUFFER_USAGE.COPY_DST,
      );
      const packed = new DataView(new ArrayBuffer(this.pending.length * SLOT));
      const dispatches = this.pending.map(({ kernel, words, views, groups }, slot): Dispatch => {
        words.forEach((word, i) => {
          const at = slot * SLOT + i * 4;
          if (typeof word === 'number') packed.setUint32(at, word, true);
          else packed.setFloat32(at, word.f32, true);
        });
        const size = Math.max(16, Math.ceil(words.length / 4) * 16);
        const bindGroup = gpu.device.createBindGroup({
          label: kernel.label,
          layout: kernel.layout,
          entries: [
            { binding: 0, resource: { buffer: uniforms.buffer, offset: slot * SLOT, size } },
            ...views.map(({ buffer, offset, size: bytes }, i) => ({
              binding: i + 1,
              resource: { buffer, offset, size: bytes },
            })),
          ],
        });
        gpu.counters.bindGroups++;
        return { pipeline: kernel.pipeline, bindGroup, groups };
      });
      gpu.write(uniforms, new Uint8Array(packed.buffer));
      const commands = this.order.map((entry): Command =>
        entry.kind === 'dispatch' ? { kind: 'dispatch', dispatch: dispatches[entry.index]! } : entry,
      );
      return new Program(gpu, this.label, commands, uniforms);
    });
  }
}

/** A recorded step. `encode` allocates nothing on the GPU and waits for nothing. */
export class Program {
  /** Submits per run: raised where one submit would hold the GPU for more than 100 ms. */
  submits = 1;

  constructor(
    private readonly gpu: Gpu,
    readonly label: string,
    private readonly commands: readonly Command[],
    private readonly uniforms: View,
  ) {}

  get dispatches(): number {
    return this.commands.length;
  }

  /** Submits the program `times` times over, in order. */
  run(times = 1): void {
    if (this.submits > 1 && times !== 1) {
      for (let i = 0; i < times; i++) this.run();
      return;
    }
    const per = Math.ceil(this.commands.length / this.submits);
    for (let submit = 0; submit < this.submits; submit++) {
      const encoder = this.gpu.device.createCommandEncoder({ label: this.label });
      const commands = this.commands.slice(submit * per, (submit + 1) * per);
      for (let i = 0; i < times; i++) encode(encoder, commands);
      this.gpu.device.queue.submit([encoder.finish()]);
      this.gpu.counters.submits++;
    }
  }

  /**
   * Runs the program once and tells how long the GPU took for its dispatches, in milliseconds; null where the adapter has no
   * timestamps. For profiles: it allocates and waits.
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

  destroy(): void {
    this.gpu.free(this.uniforms);
  }
}

/** @param querySet takes the times at which each pass begins and ends, two a pass. */
function encode(encoder: GPUCommandEncoder, commands: readonly Command[], querySet?: GPUQuerySet): void {
  let pass: GPUComputePassEncoder | null = null;
  let passes = 0;
  const begin = (): GPUComputePassEncoder => {
    const first = passes++ * 2;
    if (!querySet) return encoder.beginComputePass();
    const timestampWrites = { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
    return encoder.beginComputePass({ timestampWrites });
  };
  for (const command of commands) {
    if (command.kind === 'dispatch') {
      pass ??= begin();
      pass.setPipeline(command.dispatch.pipeline);
      pass.setBindGroup(0, command.dispatch.bindGroup);
      pass.dispatchWorkgroups(...command.dispatch.groups);
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
