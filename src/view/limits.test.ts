import { expect, test } from 'vitest';
import { limitRows } from './limits';

test('limits that matter come first, in words; those of pictures are left out', () => {
  const { main, others } = limitRows({
    maxTextureDimension2D: 8192,
    maxSampledTexturesPerShaderStage: 16,
    maxVertexBuffers: 8,
    maxComputeWorkgroupSizeX: 1024,
    maxStorageBufferBindingSize: 134_217_728,
    maxBufferSize: 268_435_456,
  });
  expect(main.map(({ label, value }) => [label, value.replace(/\s/g, ' ')])).toEqual([
    ['Largest buffer', '268 MB'],
    ['Largest binding', '134 MB'],
  ]);
  expect(others.map(({ name, value }) => [name, value])).toEqual([['maxComputeWorkgroupSizeX', '1,024']]);
});
