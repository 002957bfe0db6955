import { expect, type TestContext } from 'vitest';
import { Gpu, type Owned, type View } from '../../gpu/gpu';
import { Recorder, type Program } from '../../gpu/recorder';
import { testWithDevice } from '../../gpu/testing';
import { compare, describeComparison, type Tolerance } from '../../lib/tolerance';
import { countWords, type KernelContext } from '../rows';
import type { Vector } from './arrays';
import { normals } from './test-data';

/** The value of outputs before a kernel runs. Where it is still there, bit for bit, nothing was written. */
export const CANARY = 1234.5;

type Counts = Parameters<typeof countWords>[0];
type Record = (recorder: Recorder, context: KernelContext) => void;

/** Standard normal draws times `scale`, rounded to f32 as a kernel sees them. */
export const singles = (length: number, seed: number, scale = 1): Float32Array<ArrayBuffer> =>
  Float32Array.from(normals(length, seed, scale));

/** `values`, then CANARY up to `length`: what a buffer holds whose rows past the live ones were left alone. */
export function padded(values: Vector, length: number): Float64Array {
  const all = new Float64Array(length).fill(CANARY);
  all.set(Float64Array.from(values));
  return all;
}

/** One test's buffers on the file's Gpu; all are freed after the test. */
export class Bench {
  private readonly buffers: Owned[] = [];
  private readonly lengths = new Map<View, number>();
  private readonly programs: Program[] = [];
  private counts: Owned | undefined;

  constructor(
    readonly gpu: Gpu,
    private readonly context: TestContext,
  ) {}

  /** A buffer of `capacity` floats that starts with `data`. The rest is NaN, so that a kernel that reads it is found out. */
  floats(data: Vector, capacity = data.length): Owned {
    const all = new Float32Array(capacity).fill(NaN);
    all.set(Float32Array.from(data));
    return this.keep(this.gpu.upload('input', all), capacity);
  }

  /** The same with integers; the rest leads far out of bounds. */
  integers(data: Vector, capacity = data.length): Owned {
    const all = new Uint32Array(capacity).fill(0x0fffffff);
    all.set(Uint32Array.from(data));
    return this.keep(this.gpu.upload('input', all), capacity);
  }

  /** `length` floats for a kernel to write, all CANARY. */
  output(length: number): Owned {
    return this.floats(new Float32Array(length).fill(CANARY));
  }

  /** Records a program once; it lives until the test ends. */
  async record(record: Record, counts: Counts = {}): Promise<Program> {
    this.counts ??= this.keep(this.gpu.upload('counts', countWords({})), 8);
    this.gpu.write(this.counts, countWords(counts));
    const recorder = new Recorder(this.gpu, 'test');
    record(recorder, { counts: this.counts });
    const program = await recorder.finish();
    this.programs.push(program);
    return program;
  }

  /** Records a program and runs it once. */
  async run(record: Record, counts: Counts = {}): Promise<Program> {
    const program = await this.record(record, counts);
    program.run();
    return program;
  }

  read(view: View): Promise<Float32Array<ArrayBuffer>> {
    return this.gpu.readFloats(view, this.lengths.get(view) ?? view.size / 4);
  }

  integersOf(view: View): Promise<Uint32Array<ArrayBuffer>> {
    return this.gpu.readIntegers(view, this.lengths.get(view) ?? view.size / 4);
  }

  /**
   * The buffer holds `expected` within the tolerance. CANARY in `expected`, and all past its end, asks for a value that
   * was never written. The largest error goes into the test's report.
   */
  async close(name: string, view: View, expected: Vector, tolerance: Tolerance): Promise<void> {
    const actual = await this.read(view);
    const all = padded(expected, actual.length);
    actual.forEach((value, i) => {
      if (all[i] === CANARY && value !== CANARY) throw new Error(`${name}[${i}] was written: ${value}`);
      if (all[i] !== CANARY && value === CANARY) throw new Error(`${name}[${i}] was not written`);
    });
    const result = compare(actual, all, tolerance);
    const line = describeComparison(name, result);
    await this.context.annotate(line);
    if (!result.pass) throw new Error(line);
  }

  free(): void {
    for (const program of this.programs) program.destroy();
    this.gpu.free(...this.buffers);
  }

  private keep(view: Owned, length: number): Owned {
    this.buffers.push(view);
    this.lengths.set(view, length);
    return view;
  }
}

/** The tests' device as an adapter would give it: with the default limits, which every kernel has to fit. */
const adapterOf = (device: GPUDevice): GPUAdapter => ({
  __brand: 'GPUAdapter',
  features: device.features,
  limits: device.limits,
  info: device.adapterInfo,
  requestDevice: () => Promise.resolve(device),
});

let shared: { device: GPUDevice; gpu: Gpu } | undefined;

/**
 * A test of kernels on the one Gpu of its file: any WebGPU error fails it, and so does a buffer left behind.
 * @param needs a feature without which the test is skipped, and counted as skipped.
 */
export function testKernel(name: string, body: (bench: Bench) => Promise<void>, needs?: GPUFeatureName): void {
  testWithDevice(name, async ({ device, context }) => {
    if (needs && !device.features.has(needs)) context.skip(`no ${needs} on this adapter`);
    if (shared?.device !== device) shared = { device, gpu: await Gpu.create(adapterOf(device)) };
    const { gpu } = shared;
    const before = { buffers: gpu.counters.liveBuffers, bytes: gpu.counters.liveBytes };
    const bench = new Bench(gpu, context);
    try {
      await body(bench);
      gpu.check();
    } finally {
      bench.free();
    }
    expect({ buffers: gpu.counters.liveBuffers, bytes: gpu.counters.liveBytes }).toEqual(before);
  });
}

/** The bits of floats: equal arrays are the same numbers to the last place, and −0 is not 0. */
export const bitsOf = ({ buffer }: Float32Array<ArrayBuffer>): number[] => [...new Uint32Array(buffer)];
