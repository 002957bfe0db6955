import { expect } from 'vitest';
import { testWithDevice, withoutGpuErrors } from './testing';

testWithDevice('a device computes, and its resources are tracked', async ({ device, track }) => {
  const buffer = track(device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC }));
  const readback = track(device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ }));
  device.queue.writeBuffer(buffer, 0, new Float32Array([1, 2, 3, 4]));
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, readback, 0, 16);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  expect([...new Float32Array(readback.getMappedRange())]).toEqual([1, 2, 3, 4]);
});

testWithDevice('a validation error is thrown', async ({ device }) => {
  const invalid = withoutGpuErrors(device, () => {
    device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  });
  await expect(invalid).rejects.toThrow(/WebGPU: /);
});

testWithDevice(
  'a fresh device can be destroyed without hurting the others',
  async ({ device }) => {
    device.destroy();
    expect((await device.lost).reason).toBe('destroyed');
  },
  { fresh: true },
);
