import { describe, expect } from 'vitest';
import { meanRows } from '../../kernels/pool/mean-rows.reference';
import { testKernel } from '../../kernels/reference/harness';
import { integers } from '../../kernels/reference/test-data';
import { l2NormalizeForward } from '../../kernels/l2-normalize/l2-normalize.reference';
import { gatherRows } from '../../kernels/reference/arrays';
import { Random } from '../../lib/philox';
import { assertClose, MODEL_TOLERANCE } from '../../lib/tolerance';
import { bertForward } from '../reference/bert';
import { BertEncoder, type BertPooling } from './bert-encoder';
import { BertModel } from './bert-model';
import { SMALL_BERT } from './small-bert.test-data';

const LENGTHS = [1, 7, 33, 64, 2, 70, 5];

const texts = LENGTHS.map((length, i) => [...integers(length, SMALL_BERT.vocab_size, i + 1)]);
const ends = LENGTHS.map((_, i) => LENGTHS.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
const starts = ends.map((end, i) => end - LENGTHS[i]!);

/** Weights of any values, biases and norms too. */
function filled(model: BertModel): Map<string, Float64Array> {
  const random = new Random(5, 'init');
  const values = new Map<string, Float32Array<ArrayBuffer>>();
  for (const { parts, shape } of model.weights.table.tensors) {
    for (const { name, length } of parts) {
      const scale = shape.length > 1 ? 1.5 / Math.sqrt(shape[1]!) : 0.5;
      values.set(
        name,
        Float32Array.from({ length }, () => random.normal() * scale),
      );
    }
  }
  model.weights.load(values);
  return new Map([...values].map(([name, of]) => [name, Float64Array.from(of)]));
}

describe('a bert encoder', () => {
  for (const [pooling, blockBytes] of [
    ['mean', 2 ** 27],
    ['cls', 2 ** 27],
    ['mean', 36 * 4 * 64 * 2],
  ] as const satisfies readonly (readonly [BertPooling, number])[]) {
    testKernel(
      `gives the f64 reference's ${pooling} of texts of odd lengths, blocks of ${blockBytes} bytes`,
      async ({ gpu }) => {
        const model = new BertModel(gpu, SMALL_BERT, { blockBytes });
        // Fewer tokens than all: several submits.
        const encoder = new BertEncoder(model, pooling, 110, 4);
        try {
          const hidden = bertForward(SMALL_BERT, filled(model), texts);
          const pooled = pooling === 'mean' ? meanRows(hidden, starts, ends, 36) : gatherRows(hidden, starts, 36);
          const { y } = l2NormalizeForward(pooled, 36);
          assertClose('embeddings', await encoder.encode(texts), y, MODEL_TOLERANCE.activation);
          await expect(encoder.encode([[]])).rejects.toThrow('sequence 0 has 0 tokens, expected 1 to 70');
          await expect(encoder.encode([[1], new Array<number>(71).fill(1)])).rejects.toThrow(
            'sequence 1 has 71 tokens',
          );
        } finally {
          encoder.destroy();
          model.destroy();
        }
      },
    );
  }
});
