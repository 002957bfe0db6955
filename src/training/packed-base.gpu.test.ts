import { describe, expect } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import type { Session } from '../config/session';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import { tensorDtypes, type OpenedModel } from '../formats/opened-model';
import { testWithGpu } from '../gpu/testing';
import { packedBlocks } from '../kernels/weights/packed.test-data';
import { bytesOf, PACKED_DTYPES, type PackedDtype } from '../kernels/weights/weights';
import { checkpointTensors, tensorLayout } from '../tensors/layout';
import type { WeightSource } from '../tensors/weight-source';
import { baseOf } from './base';
import { checkpointFiles } from './checkpoint-files';
import { SessionRun } from './session-run';
import { SILENT } from './silent';

const SIZES = { hidden_size: 32, intermediate_size: 64 };
/** The same model with matrices of random blocks. */
function packed(model: OpenedModel, dtype: PackedDtype): OpenedModel {
  const shapes = new Map(checkpointTensors(model.arch).map(({ name, shape }, seed) => [name, { shape, seed }]));
  const isMatrix = (name: string): boolean => shapes.get(name)!.shape.length > 1;
  const weights: WeightSource = {
    dtypeOf: (name) => (isMatrix(name) ? dtype : 'f32'),
    read: (name, row, rows) => {
      if (!isMatrix(name)) return model.weights.read(name, row, rows);
      const { shape, seed } = shapes.get(name)!;
      const [all = 0, columns = 0] = shape;
      const rowBytes = bytesOf(dtype, columns);
      const bytes = packedBlocks(dtype, (all * columns) / 32, seed).slice(row * rowBytes, (row + rows) * rowBytes);
      return Promise.resolve({ dtype, bytes });
    },
  };
  return { ...model, weights, tensorDtype: tensorDtypes(tensorLayout(model.arch), weights) };
}

describe('an adapter on a packed base', () => {
  for (const dtype of PACKED_DTYPES) {
    testWithGpu(`trains to the bits of one on the same weights in f32: ${dtype}`, async ({ gpu }) => {
      const born = parseSession(
        secondsSession({ model: SIZES, pretrain: { steps: 1 }, sft: { steps: 0 }, grpo: { steps: 0 } }),
      );
      const first = new SessionRun(gpu, born, SILENT);
      while (await first.advance());
      const { weights } = await first.checkpointNow();
      const files = checkpointFiles(born, first.task, weights);
      first.destroy();
      const plain = await openModel(filesInMemory(files), 'base');
      const model = packed(plain, dtype);
      const hash = await plain.hash();
      const results: Float32Array[][] = [];
      for (const stored of ['stored', 'f32'] as const) {
        const session: Session = parseSession({
          ...secondsSession({ pretrain: { steps: 0 }, sft: { steps: 2, weight_kl: 0.1 }, grpo: { steps: 2 } }),
          model: {
            base: { sha256: hash, name: 'base' },
            adapter: { rank: 2, alpha: 4, targets: ['q_proj', 'up_proj', 'down_proj'], embed_token: '<|embed_token|>' },
            max_position_embeddings: 64,
            dtype: stored,
          },
        });
        const run = new SessionRun(
          gpu,
          session,
          SILENT,
          undefined,
          undefined,
          await baseOf(session, model, hash, 'base'),
        );
        await run.load();
        expect(run.model.weights.tensor('0.down').dtype).toBe(stored === 'stored' ? dtype : 'f32');
        while (await run.advance());
        results.push((await run.checkpointNow()).weights);
        run.destroy();
      }
      expect(results[0]).toEqual(results[1]);
      expect(results[0]!.some((page) => page.some((value) => value !== 0))).toBe(true);
    });
  }
});
