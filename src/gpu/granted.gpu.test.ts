import { expect, vi } from 'vitest';
import { GpuOutOfMemoryError } from './errors';
import { grantedBytes } from './granted';
import { testWithGpu } from './testing';

testWithGpu('a device that is asked for memory grants it, or as much as it has, and has it back', async ({ gpu }) => {
  const before = { ...gpu.counters };
  expect(await grantedBytes(gpu, 2 ** 27 + 12)).toBe(2 ** 27 + 12);
  expect(gpu.counters).toMatchObject({ liveBytes: before.liveBytes, liveBuffers: before.liveBuffers });
  const real = gpu.buffer.bind(gpu);
  let left = 2;
  const buffer = vi.spyOn(gpu, 'buffer').mockImplementation((label, bytes) => {
    if (left-- === 0) throw new GpuOutOfMemoryError('no more');
    return real(label, bytes);
  });
  try {
    expect(await grantedBytes(gpu, 2 ** 30)).toBe(2 * 2 ** 26);
  } finally {
    buffer.mockRestore();
  }
  expect(gpu.counters).toMatchObject({ liveBytes: before.liveBytes, liveBuffers: before.liveBuffers });
});
