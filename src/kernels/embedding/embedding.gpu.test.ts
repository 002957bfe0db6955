import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { embeddingBackward, embeddingForward, indexTokens } from './embedding';
import { embeddingBackward as backwardReference, embeddingForward as forwardReference } from './embedding.reference';
import { add } from '../reference/arrays';
import { singles, testKernel } from '../reference/harness';
import { integers } from '../reference/test-data';
import { COUNT, liveRows } from '../rows';

const { forward, backward } = KERNEL_TOLERANCE.copy;

describe('embedding', () => {
  for (const [live, limit, vocabulary, channels] of [
    [1, 1, 3, 5],
    [17, 61, 5, 3],
    [129, 200, 17, 65],
    [65, 65, 129, 61],
    [0, 5, 7, 3],
  ] as const) {
    testKernel(`${live} of ${limit} ids, ${vocabulary} tokens of ${channels} channels`, async (bench) => {
      const ids = Uint32Array.from(integers(live, vocabulary, 1));
      const table = singles(vocabulary * channels, 2);
      const dout = singles(live * channels, 3);
      const before = singles(vocabulary * channels, 4);
      const index = indexTokens(ids);
      const distinct = index.distinct.length;
      expect(distinct).toBe(new Set(ids).size);
      const out = bench.output(limit * channels);
      const dtable = bench.floats(before);
      await bench.run(
        (recorder, context) => {
          const rows = liveRows(limit, COUNT.TOKENS);
          const inputs = { ids: bench.integers(ids, limit), table: bench.floats(table) };
          embeddingForward(recorder, context, { rows, channels, ...inputs, out });
          embeddingBackward(recorder, context, {
            rows: liveRows(limit, COUNT.DISTINCT),
            channels,
            distinct: bench.integers(index.distinct, limit),
            offsets: bench.integers(index.offsets, limit + 1),
            order: bench.integers(index.order, limit),
            dout: bench.floats(dout, limit * channels),
            dtable,
          });
        },
        { TOKENS: live, DISTINCT: distinct },
      );
      await bench.close('out', out, forwardReference(table, ids, channels), forward);
      const expected = add(before, backwardReference(dout, ids, vocabulary, channels));
      await bench.close('dtable', dtable, expected, backward);
    });
  }
});
