import { describe, expect, test } from 'vitest';
import { GpuValidationError } from './errors';
import type { Gpu, View } from './gpu';
import { grid, Recorder } from './recorder';
import { testWithGpu } from './testing';
import { readShader } from '../../scripts/wgsl.mjs';

/** x (n) = x · scale + shift, flat over two dimensions of workgroups of one invocation each. */
const SCALE = `
struct Dims { length: u32, shift: u32, scale: f32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read_write> x: array<f32>; // (length)
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x;
  if (i < dims.length) { x[i] = x[i] * dims.scale + f32(dims.shift); }
}`;

/** Nobody asks these for theirs. */
const work = () => ({ flops: 0, bytes: 0 });

interface Scale {
  length: number;
  shift: number;
  scale: number;
}
const scaleShader = (name = 'scale', code = SCALE) => readShader<Scale, 'x'>(`${name}.wgsl`, () => code).shader;

/** x = x · scale + shift, the first `length` of them. */
function scaleBy(recorder: Recorder, x: View, uniforms: Scale, groups = grid(uniforms.length, 1)): void {
  recorder.call(scaleShader(), { uniforms, bindings: { x }, groups, work });
}

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
      const scale = () => scaleBy(recorder, x, { length: 4096, shift: 1, scale: 2 });
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
    const recorder = new Recorder(gpu, 'steps');
    scaleBy(recorder, x, { length: 4, shift: 1, scale: 2 });
    recorder.copy(x, kept);
    scaleBy(recorder, x, { length: 2, shift: 10, scale: 1 });
    const program = await recorder.finish();
    expect(program.dispatches).toBe(3);
    const before = { ...gpu.counters };
    program.run();
    expect([...(await gpu.readFloats(x))]).toEqual([13, 15, 7, 9]);
    expect([...(await gpu.readFloats(kept))]).toEqual([3, 5, 7, 9]);
    program.run(2);
    expect([...(await gpu.readFloats(x))]).toEqual([85, 93, 31, 39]);
    expect(gpu.counters).toEqual({ ...before, submits: before.submits + 2, waits: before.waits + 3 });
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
    scaleBy(recorder, part, { length: 64, shift: 5, scale: 2 });
    (await recorder.finish()).run();
    const x = await gpu.readFloats(all);
    expect([x[63], x[64], x[65], x[127], x[128]]).toEqual([1, 5, 7, 7, 1]);
  });

  testGpu('a grid past 65,535 workgroups reaches every element', async (gpu) => {
    const length = 65_537;
    const x = gpu.upload('x', new Float32Array(length).fill(3));
    const recorder = new Recorder(gpu, 'fold');
    scaleBy(recorder, x, { length, shift: 1, scale: 2 });
    (await recorder.finish()).run();
    expect((await gpu.readFloats(x)).every((value) => value === 7)).toBe(true);
  });

  testGpu('counts buffers, and frees what a program holds', async (gpu) => {
    const { liveBuffers, liveBytes } = gpu.counters;
    const x = gpu.buffer('x', 1000);
    const recorder = new Recorder(gpu, 'empty');
    scaleBy(recorder, x, { length: 250, shift: 0, scale: 1 });
    const program = await recorder.finish();
    expect(gpu.counters.liveBuffers).toBe(liveBuffers + 2);
    expect(gpu.counters.liveBytes).toBe(liveBytes + 1000 + 256);
    expect(gpu.counters.bindGroups).toBe(1);
    program.destroy();
    gpu.free(x);
    expect([gpu.counters.liveBuffers, gpu.counters.liveBytes]).toEqual([liveBuffers, liveBytes]);
  });

  testGpu('what a call lacks is an error that names the kernel, when it is recorded', async (gpu) => {
    const recorder = new Recorder(gpu, 'faulty');
    // As from code whose types were not checked.
    const { shader } = readShader<Partial<Scale>, never>('scale_rows.wgsl', () => SCALE);
    const call = (uniforms: Partial<Scale>) =>
      recorder.call(shader, { uniforms, bindings: {}, groups: [1, 1, 1], work });
    expect(() => call({ length: 1, shift: 0, scale: 1 })).toThrow(/scale_rows.* x$/);
    expect(() => call({ length: 1, scale: 1 })).toThrow(/scale_rows.shift/);
    await gpu.idle();
  });

  testGpu('a view that is too small is refused when it is recorded, by name', async (gpu) => {
    const recorder = new Recorder(gpu, 'faulty');
    const x = gpu.buffer('activations', 60 * 4);
    expect(() => scaleBy(recorder, x, { length: 61, shift: 0, scale: 1 })).toThrow(
      new RangeError('scale: x (activations) has 240 bytes, expected at least 244'),
    );
    scaleBy(recorder, x, { length: 60, shift: 0, scale: 1 });
    expect((await recorder.finish()).dispatches).toBe(1);
  });

  testGpu('a uniform that is no number of its type is refused when it is recorded, by name', async (gpu) => {
    const recorder = new Recorder(gpu, 'faulty');
    const x = gpu.buffer('x', 16);
    for (const [uniforms, what] of [
      [{ length: 0.5, shift: 0, scale: 1 }, /scale\.length is 0\.5/],
      [{ length: 4, shift: -1, scale: 1 }, /scale\.shift is -1/],
      [{ length: 4, shift: 2 ** 32, scale: 1 }, /scale\.shift/],
      [{ length: 4, shift: 0, scale: NaN }, /scale\.scale is NaN/],
      [{ length: 4, shift: 0, scale: Infinity }, /scale\.scale/],
    ] as const) {
      expect(() => scaleBy(recorder, x, uniforms)).toThrow(what);
    }
    await gpu.idle();
  });

  testGpu('a shader that does not compile is an error with the kernel, file, line and text', async (gpu) => {
    const files: Record<string, string> = {
      'nn/broken_rows.wgsl': `#include "lib/half.wgsl"\n${SCALE.replace('dims.scale', 'half(dims.scales)')}`,
      'lib/half.wgsl': 'fn half(x: f32) -> f32 {\n  return x / 2.0;\n}\n',
    };
    const { shader } = readShader<Scale, 'x'>('nn/broken_rows.wgsl', (path) => files[path] ?? '');
    const make = async (): Promise<void> => {
      const recorder = new Recorder(gpu, 'faulty');
      const uniforms = { length: 1, shift: 0, scale: 1 };
      recorder.call(shader, { uniforms, bindings: { x: gpu.buffer('x', 16) }, groups: [1, 1, 1], work });
      await recorder.finish();
    };
    const error = await failure(make());
    expect(error).toBeInstanceOf(GpuValidationError);
    // The ninth line of the file, whatever stands in front of it once it is joined.
    expect(String(error)).toMatch(
      /broken_rows: shaders\/nn\/broken_rows\.wgsl:9: .*scales[^]*x\[i\] \* half\(dims\.scales\)/,
    );
  });

  testGpu('a run that is refused is thrown with the next result', async (gpu) => {
    const x = gpu.buffer('x', 16);
    const twice = `
struct Dims { result_at: u32, source_at: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> source: array<f32>; // (source_at + 1)
@group(0) @binding(2) var<storage, read_write> result: array<f32>; // (result_at + 1)
@compute @workgroup_size(1) fn main() { result[dims.result_at] = source[dims.source_at]; }`;
    const { shader } = readShader<{ result_at: number; source_at: number }, 'source' | 'result'>(
      'move.wgsl',
      () => twice,
    );
    const recorder = new Recorder(gpu, 'faulty');
    recorder.call(shader, {
      uniforms: { result_at: 0, source_at: 1 },
      bindings: { source: x, result: x },
      groups: grid(1, 1),
      work,
    });
    // One buffer may not be read and written by one dispatch; only encoding it tells.
    (await recorder.finish()).run();
    await gpu.device.queue.onSubmittedWorkDone();
    await expect(gpu.read(x)).rejects.toThrow(GpuValidationError);
  });
});
