import { describe, expect, test } from 'vitest';
import { GpuValidationError } from './errors';
import type { Gpu } from './gpu';
import { f32, grid, Recorder } from './recorder';
import { testWithGpu } from './testing';

/** x (n) = x · scale + shift, flat over two dimensions of workgroups of one invocation each. */
const SCALE = `
struct Dims { length: u32, shift: u32, scale: f32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x;
  if (i < dims.length) { x[i] = x[i] * dims.scale + f32(dims.shift); }
}`;

/** A test on a Gpu of its own, which it may break. */
const testGpu = (name: string, body: (gpu: Gpu) => Promise<void>): void =>
  testWithGpu(name, ({ gpu }) => body(gpu), { fresh: true });

const failure = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a failure');
};

describe('grid', () => {
  test.each([
    [0, 64, [1, 1, 1]],
    [1, 64, [1, 1, 1]],
    [65, 64, [2, 1, 1]],
    [65_535, 1, [65_535, 1, 1]],
    [65_535 * 64, 64, [65_535, 1, 1]],
    [65_536, 1, [32_768, 2, 1]],
    [65_535 * 64 + 1, 64, [32_768, 2, 1]],
  ])('%d invocations in workgroups of %d', (invocations, size, groups) => {
    expect(grid(invocations, size)).toEqual(groups);
  });

  test.each([65_537, 131_071, 200_000, 16_777_217, 65_535 ** 2])('covers %d with few groups to spare', (groups) => {
    const [x, y, z] = grid(groups, 1);
    expect(Math.max(x, y)).toBeLessThanOrEqual(65_535);
    expect(z).toBe(1);
    expect(x * y).toBeGreaterThanOrEqual(groups);
    expect(x * y - groups).toBeLessThan(y);
  });
});

describe('recorder', () => {
  testGpu(
    'measures what its dispatches took, where the adapter has timestamps, and leaves nothing behind',
    async (gpu) => {
      const x = gpu.upload('x', new Float32Array(4096).fill(1));
      const recorder = new Recorder(gpu, 'measured');
      const kernel = gpu.kernel('scale', SCALE);
      const scale = () => recorder.dispatch(kernel, [4096, 1, f32(2)], [x], [4096, 1, 1]);
      scale();
      recorder.clear(x);
      scale();
      const program = await recorder.finish();
      const { liveBuffers } = gpu.counters;
      const milliseconds = await program.measure();
      if (gpu.device.features.has('timestamp-query')) expect(milliseconds).toBeGreaterThan(0);
      else expect(milliseconds).toBeNull();
      expect(gpu.counters.liveBuffers).toBe(liveBuffers);
      expect((await gpu.readFloats(x))[4095]).toBe(1);
    },
  );

  testGpu('records once, replays in order, and makes nothing while it does', async (gpu) => {
    const x = gpu.upload('x', Float32Array.of(1, 2, 3, 4));
    const kept = gpu.buffer('kept', 16);
    const kernel = gpu.kernel('scale', SCALE);
    const recorder = new Recorder(gpu, 'steps');
    recorder.dispatch(kernel, [4, 1, f32(2)], [x], grid(4, 1));
    recorder.copy(x, kept);
    recorder.dispatch(kernel, [2, 10, f32(1)], [x], grid(2, 1));
    const program = await recorder.finish();
    expect(program.dispatches).toBe(3);
    const before = { ...gpu.counters };
    program.run();
    expect([...(await gpu.readFloats(x))]).toEqual([13, 15, 7, 9]);
    expect([...(await gpu.readFloats(kept))]).toEqual([3, 5, 7, 9]);
    program.run(2);
    expect([...(await gpu.readFloats(x))]).toEqual([85, 93, 31, 39]);
    expect(gpu.counters).toEqual({ ...before, submits: before.submits + 2 });
    // The same again, a submit for each command.
    program.submits = 3;
    gpu.write(x, Float32Array.of(1, 2, 3, 4));
    program.run(3);
    expect([...(await gpu.readFloats(x))]).toEqual([85, 93, 31, 39]);
    expect(gpu.counters.submits).toBe(before.submits + 2 + 9);
  });

  testGpu('clears, and binds a part of a buffer', async (gpu) => {
    const all = gpu.upload('x', new Float32Array(192).fill(1));
    const part = { buffer: all.buffer, offset: 256, size: 256 };
    const recorder = new Recorder(gpu, 'part');
    recorder.clear({ ...part, size: 4 });
    recorder.dispatch(gpu.kernel('scale', SCALE), [64, 5, f32(2)], [part], grid(64, 1));
    (await recorder.finish()).run();
    const x = await gpu.readFloats(all);
    expect([x[63], x[64], x[65], x[127], x[128]]).toEqual([1, 5, 7, 7, 1]);
  });

  testGpu('a grid past 65,535 workgroups reaches every element', async (gpu) => {
    const length = 65_537;
    const x = gpu.upload('x', new Float32Array(length).fill(3));
    const recorder = new Recorder(gpu, 'fold');
    recorder.dispatch(gpu.kernel('scale', SCALE), [length, 1, f32(2)], [x], grid(length, 1));
    (await recorder.finish()).run();
    expect((await gpu.readFloats(x)).every((value) => value === 7)).toBe(true);
  });

  testGpu('counts buffers, and frees what a program holds', async (gpu) => {
    const { liveBuffers, liveBytes } = gpu.counters;
    const x = gpu.buffer('x', 1000);
    const recorder = new Recorder(gpu, 'empty');
    recorder.dispatch(gpu.kernel('scale', SCALE), [250, 0, f32(1)], [x], grid(250, 1));
    const program = await recorder.finish();
    expect(gpu.counters.liveBuffers).toBe(liveBuffers + 2);
    expect(gpu.counters.liveBytes).toBe(liveBytes + 1000 + 256);
    expect(gpu.counters.bindGroups).toBe(1);
    program.destroy();
    gpu.free(x);
    expect([gpu.counters.liveBuffers, gpu.counters.liveBytes]).toEqual([liveBuffers, liveBytes]);
  });

  testGpu('a binding too few is an error that names the kernel', async (gpu) => {
    const recorder = new Recorder(gpu, 'faulty');
    recorder.dispatch(gpu.kernel('scale_rows', SCALE), [1, 0, f32(1)], [], grid(1, 1));
    const error = await failure(recorder.finish());
    expect(error).toBeInstanceOf(GpuValidationError);
    expect(String(error)).toContain('scale_rows');
    await gpu.idle();
  });

  testGpu('a shader that does not compile is an error that names the kernel', async (gpu) => {
    const make = async (): Promise<void> => {
      const kernel = gpu.kernel('broken_rows', SCALE.replace('dims.scale', 'dims.scales'));
      const recorder = new Recorder(gpu, 'faulty');
      recorder.dispatch(kernel, [1, 0, f32(1)], [gpu.buffer('x', 16)], grid(1, 1));
      await recorder.finish();
    };
    const error = await failure(make());
    expect(error).toBeInstanceOf(GpuValidationError);
    expect(String(error)).toContain('broken_rows');
  });

  testGpu('a run that is refused is thrown with the next result', async (gpu) => {
    const x = gpu.buffer('x', 16);
    const twice = `
@group(0) @binding(0) var<uniform> dims: vec4u;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;
@compute @workgroup_size(1) fn main() { result[dims.x] = source[dims.y]; }`;
    const recorder = new Recorder(gpu, 'faulty');
    recorder.dispatch(gpu.kernel('move', twice), [0, 1], [x, x], grid(1, 1));
    // One buffer may not be read and written by one dispatch; only encoding it tells.
    (await recorder.finish()).run();
    await gpu.device.queue.onSubmittedWorkDone();
    await expect(gpu.read(x)).rejects.toThrow(GpuValidationError);
  });
});
