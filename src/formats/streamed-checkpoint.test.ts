import { describe, expect, it } from 'vitest';
import { checkpointTensors } from '../tensors/layout';
import { writeCheckpoint } from './huggingface';
import { filesInMemory } from './model-files';
import { openModel } from './open-model';
import { streamedWeights } from './streamed-checkpoint';
import { tinyQwen3 as arch } from './tiny-qwen3.test-data';

const weights = new Map(
  checkpointTensors(arch).map(({ name, length }, t) => [name, Float32Array.from({ length }, (_, i) => t + i / 1000)]),
);

describe('weights that are written a piece at a time', () => {
  it.each(['F32', 'F16', 'BF16'] as const)('are the bytes of those written at once: %s', async (dtype) => {
    const model = await openModel(filesInMemory(writeCheckpoint(arch, weights)), 'it');
    const { bytes, pieces } = streamedWeights(checkpointTensors(arch), model.weights, dtype);
    const found: number[] = [];
    for await (const piece of pieces()) found.push(...piece);
    expect(found.length).toBe(bytes);
    expect(Uint8Array.from(found)).toEqual(writeCheckpoint(arch, weights, { dtype }).get('model.safetensors'));
  });
});
