import { expect } from 'vitest';
import { testKernel } from '../kernels/reference/harness';
import { Random } from '../lib/philox';
import { LogitScratch } from './head';
import { LogitsPass } from './inference';
import { LogprobPass } from './logprobs';
import { small, withModel } from './small.test-data';

/** A vocabulary so large that a chunk has the fewest rows, 64. */
const large = { ...small, vocab_size: 40_000 };
const LENGTH = large.max_position_embeddings;

testKernel('logits and log-probabilities a chunk at a time are those of a chunk alone, bit for bit', (bench) =>
  withModel(bench, large, async (model) => {
    const random = new Random(3, 'sample');
    const sequences = Array.from({ length: 3 }, () =>
      Array.from({ length: LENGTH }, () => random.integer(large.vocab_size)),
    );
    const rowsOf = (starts: readonly number[]): Uint32Array<ArrayBuffer> =>
      Uint32Array.from(starts.flatMap((start) => Array.from({ length: LENGTH - 1 }, (_, t) => start + t)));
    const labelsOf = (some: readonly number[][]): Uint32Array<ArrayBuffer> =>
      Uint32Array.from(some.flatMap((sequence) => sequence.slice(1)));
    const scratch = new LogitScratch(model.gpu, model, 3 * LENGTH);
    expect(scratch.chunk).toBe(64);
    scratch.destroy();

    const logits = new LogitsPass(model, 3 * LENGTH);
    const logprobs = new LogprobPass(model, { tokens: 3 * LENGTH, targets: 3 * (LENGTH - 1) }, 0.8);
    try {
      const together = await logits.run(sequences);
      const starts = sequences.map((_, i) => i * LENGTH);
      const probable = await logprobs.run(sequences, rowsOf(starts), labelsOf(sequences));
      expect(probable.every((value) => value < 0)).toBe(true);
      for (const [i, sequence] of sequences.entries()) {
        const alone = await logits.run([sequence]);
        const width = LENGTH * large.vocab_size;
        expect(Buffer.compare(Buffer.from(alone.logits.buffer), Buffer.from(together.logits.buffer, i * width * 4, width * 4))).toBe(0); // prettier-ignore
        const count = LENGTH - 1;
        expect([...(await logprobs.run([sequence], rowsOf([0]), labelsOf([sequence])))]).toEqual([
          ...probable.subarray(i * count, (i + 1) * count),
        ]);
      }
    } finally {
      logits.destroy();
      logprobs.destroy();
    }
  }),
);
