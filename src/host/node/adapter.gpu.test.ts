import { describe, expect, test } from 'vitest';
import { hasShared, sharedBytes, sharedPath } from '../../formats/shared.test-data';
import { readSafetensors } from '../../formats/safetensors';
import { testKernel } from '../../kernels/reference/harness';
import { compare, MODEL_TOLERANCE } from '../../lib/tolerance';
import { LogitsPass } from '../../model/inference';
import { loadCheckpoint, checkpointModel } from './checkpoint';

describe('a model with an adapter of PEFT', () => {
  for (const name of ['lora-llama', 'lora-qwen2']) {
    if (!hasShared(`fixtures/${name}`)) {
      test.skip(`${name}: no fixture found`, () => undefined);
      continue;
    }
    testKernel(`${name}: logits as peft has them, and others without it`, async (bench) => {
      const folder = sharedPath(`fixtures/${name}`);
      const reference = readSafetensors(sharedBytes(`fixtures/${name}/reference.safetensors`), name);
      const { shape, data } = reference.get('input_ids')!;
      const [batch = 0, length = 0] = shape;
      const sequences = Array.from({ length: batch }, (_, i) => [...data.subarray(i * length, (i + 1) * length)]);
      const logitsOf = async (adapter: string | null): Promise<Float32Array> => {
        const model = await checkpointModel(bench.gpu, await loadCheckpoint(folder, adapter));
        const found: number[] = [];
        const pass = new LogitsPass(model, length);
        for (const ids of sequences) found.push(...(await pass.run([ids])).logits);
        pass.destroy();
        model.destroy();
        return Float32Array.from(found);
      };
      const expected = reference.get('logits')!.data;
      expect(compare(await logitsOf(`${folder}/adapter`), expected, MODEL_TOLERANCE.activation).pass).toBe(true);
      expect(compare(await logitsOf(null), expected, MODEL_TOLERANCE.activation).pass).toBe(false);
    });
  }
});
