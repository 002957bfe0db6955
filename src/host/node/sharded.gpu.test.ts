import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { testKernel } from '../../kernels/reference/harness';
import { LogitsPass } from '../../model/inference';
import { loadCheckpoint, checkpointModel } from './checkpoint';
import { MadeUpWeights, writeShards } from './sharded.test-data';

const arch = {
  model_type: 'llama' as const,
  vocab_size: 2048,
  hidden_size: 128,
  intermediate_size: 256,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 32,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  attention_bias: false,
};

describe('a checkpoint in four shards', () => {
  testKernel('is streamed to the GPU, and gives the bits of the same in one file', async (bench) => {
    const folder = mkdtempSync(join(tmpdir(), 'shards-'));
    try {
      const made = { arch, weights: new MadeUpWeights(arch) };
      const results: Float32Array[] = [];
      for (const shards of [4, 1]) {
        const path = join(folder, String(shards));
        await writeShards(path, made, { shards, dtype: 'BF16' });
        const opened = await loadCheckpoint(path);
        expect(opened.files.names.filter((name) => name.endsWith('.safetensors'))).toHaveLength(shards);
        const before = bench.gpu.counters.liveBytes;
        const model = await checkpointModel(bench.gpu, opened);
        // Norms are widened to f32, and the rotary angles are added.
        expect(bench.gpu.counters.liveBytes - before).toBeLessThan(1.05 * opened.bytes);
        const pass = new LogitsPass(model, 5);
        results.push((await pass.run([[1, 2047, 3, 700, 5]])).logits);
        pass.destroy();
        model.destroy();
      }
      expect(results[0]).toEqual(results[1]);
      expect(new Set(results[0]).size).toBeGreaterThan(100);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
