import { describe, expect, test } from 'vitest';
import { DeviceLostError, GpuOutOfMemoryError, GpuUnavailableError, GpuValidationError } from './errors';
import { Gpu, identify } from './gpu';
import { testWithGpu } from './testing';
import { readShader } from '../../scripts/wgsl.mjs';
import { requestNodeAdapter } from '../host/node/device';

const COPY = `
@group(0) @binding(1) var<storage, read_write> x: array<f32>; // (?)
const WIDTH = 16u; // specialised
@compute @workgroup_size(1) fn main() { x[0] = f32(WIDTH); }`;

/** A test on a Gpu of its own, which it may break. */
const testGpu = (name: string, body: (gpu: Gpu) => Promise<void>): void =>
  testWithGpu(name, ({ gpu }) => body(gpu), { fresh: true });

test('no adapter is an error that can be shown', async () => {
  await expect(Gpu.create(null)).rejects.toThrow(GpuUnavailableError);
});

describe('gpu', () => {
  testGpu('requests the adapter’s features and limits, and knows its identity', async (gpu) => {
    const adapter = (await requestNodeAdapter())!;
    expect(gpu.device.limits.maxBufferSize).toBe(adapter.limits.maxBufferSize);
    expect(gpu.device.limits.maxStorageBufferBindingSize).toBe(adapter.limits.maxStorageBufferBindingSize);
    expect(identify(adapter)).toEqual(gpu.adapter);
    await gpu.idle();
  });

  testGpu('writes and reads parts of buffers, which start at zero', async (gpu) => {
    const x = gpu.buffer('x', 10 * 4);
    gpu.write(x, Float32Array.of(1, 2, 3), 4 * 4);
    gpu.write(x, new Float32Array(0));
    expect([...(await gpu.readFloats(x))]).toEqual([0, 0, 0, 0, 1, 2, 3, 0, 0, 0]);
    expect([...(await gpu.readFloats(x, 2, 5))]).toEqual([2, 3]);
    const bytes = gpu.upload('bytes', Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255));
    expect([...(await gpu.readIntegers(bytes, 2))]).toEqual([1, 0xffffffff]);
    expect((await gpu.read(bytes, 5)).byteLength).toBe(5);
  });

  testGpu('counts buffers and bytes', async (gpu) => {
    const views = [gpu.buffer('a', 1), gpu.buffer('b', 17), gpu.upload('c', new Float32Array(100))];
    expect(gpu.counters).toMatchObject({ liveBuffers: 3, liveBytes: 16 + 20 + 400 });
    gpu.free(...views);
    expect(gpu.counters).toMatchObject({ liveBuffers: 0, liveBytes: 0 });
    expect(() => gpu.free(views[0]!)).toThrow(new RangeError('a is freed twice'));
    expect(gpu.counters).toMatchObject({ liveBuffers: 0, liveBytes: 0 });
    await gpu.idle();
  });

  testGpu('compiles a shader once for each choice of constants', async (gpu) => {
    const { shader } = readShader<null, 'x', 'WIDTH'>('copy.wgsl', () => COPY);
    const first = gpu.kernel(shader, shader.constants);
    expect(gpu.kernel(shader, shader.constants)).toBe(first);
    expect(gpu.kernel(shader, { WIDTH: 16 })).toBe(first);
    expect(gpu.kernel(shader, { WIDTH: 8 })).not.toBe(first);
    expect(gpu.counters.pipelines).toBe(2);
    await gpu.idle();
  });

  testGpu('a buffer larger than any is an error before the device sees it', async (gpu) => {
    expect(() => gpu.buffer('logits', gpu.device.limits.maxBufferSize + 4)).toThrow(GpuOutOfMemoryError);
    expect(() => gpu.buffer('logits', gpu.device.limits.maxBufferSize + 4)).toThrow(/logits/);
    expect(gpu.counters.liveBuffers).toBe(0);
    await gpu.idle();
  });

  testGpu('guarded work that is refused is an error with its name, and the device goes on', async (gpu) => {
    const wrong = gpu.guarded('make a buffer', () =>
      gpu.device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE }),
    );
    await expect(wrong).rejects.toThrow(GpuValidationError);
    await expect(wrong).rejects.toThrow(/^make a buffer: /);
    await expect(gpu.guarded('nothing', () => 5)).resolves.toBe(5);
    await gpu.idle();
  });

  testGpu('an error that nobody guarded is thrown with the next result', async (gpu) => {
    const x = gpu.buffer('x', 16);
    gpu.device.createBuffer({ label: 'stray', size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
    await gpu.device.queue.onSubmittedWorkDone();
    await expect(gpu.read(x)).rejects.toThrow(GpuValidationError);
  });

  testGpu('a lost device is an error of its own, on every call', async (gpu) => {
    const x = gpu.buffer('x', 16);
    const reading = gpu.read(x);
    gpu.device.destroy();
    await expect(reading).rejects.toThrow(DeviceLostError);
    await gpu.lost;
    expect(() => gpu.check()).toThrow(DeviceLostError);
    expect(() => gpu.buffer('y', 16)).toThrow(DeviceLostError);
    await expect(gpu.read(x)).rejects.toThrow(DeviceLostError);
    await expect(gpu.idle()).rejects.toThrow(DeviceLostError);
    await expect(gpu.guarded('anything', () => 1)).rejects.toThrow(DeviceLostError);
  });

  testGpu('a device lost a moment ago: the next read says so', async (gpu) => {
    const x = gpu.buffer('x', 16);
    gpu.device.destroy();
    await expect(gpu.read(x)).rejects.toThrow(DeviceLostError);
  });
});
