import { describe } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { singles, testKernel } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { meanRows } from './mean-rows';
import { meanRows as reference } from './mean-rows.reference';

const { forward } = KERNEL_TOLERANCE.reduction;

describe('mean of rows', () => {
  for (const [lengths, limit, channels] of [
    [[1], 1, 3],
    [[7, 1, 33], 5, 17],
    [[129, 2, 61, 5], 9, 65],
    [[], 3, 5],
  ] as const) {
    testKernel(`of ${lengths.length} of ${limit} sequences, ${channels} channels`, async (bench) => {
      const ends: number[] = [];
      for (const length of lengths) ends.push((ends.at(-1) ?? 0) + length);
      const starts = [0, ...ends].slice(0, lengths.length);
      const x = singles((ends.at(-1) ?? 0) * channels, 1);
      const out = bench.output(limit * channels);
      await bench.run(
        (recorder, context) => {
          meanRows(recorder, context, {
            rows: liveRows(limit, COUNT.QUERIES),
            channels,
            starts: bench.integers(starts, limit),
            ends: bench.integers(ends, limit),
            x: bench.floats(x, Math.max(channels, x.length)),
            out,
          });
        },
        { QUERIES: lengths.length },
      );
      await bench.close('out', out, reference(x, starts, ends, channels), forward);
    });
  }
});
