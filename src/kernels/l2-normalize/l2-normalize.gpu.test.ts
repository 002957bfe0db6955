import { describe } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { l2NormalizeBackward, l2NormalizeForward } from './l2-normalize';
import {
  L2_EPS,
  l2NormalizeBackward as backwardReference,
  l2NormalizeForward as forwardReference,
} from './l2-normalize.reference';
import { singles, testKernel } from '../reference/harness';
import { COUNT, liveRows } from '../rows';

const { forward, backward } = KERNEL_TOLERANCE.reduction;

describe('l2 normalisation', () => {
  for (const [live, limit, channels] of [
    [1, 1, 3],
    [3, 5, 17],
    [61, 129, 65],
    [65, 65, 129],
    [0, 3, 5],
  ] as const) {
    testKernel(`${live} of ${limit} rows of ${channels}, one of them zero`, async (bench) => {
      const x = singles(live * channels, 1);
      if (live > 2) x.fill(0, channels, 2 * channels);
      const dy = singles(live * channels, 2);
      const { y, norm } = forwardReference(x, channels);
      const dx = backwardReference(dy, y, norm, channels);
      const views = {
        x: bench.floats(x, limit * channels),
        dy: bench.floats(dy, limit * channels),
        y: bench.output(limit * channels),
        norms: bench.output(limit),
        dx: bench.output(limit * channels),
      };
      await bench.run(
        (recorder, context) => {
          const shape = { rows: liveRows(limit, COUNT.QUERIES), channels };
          l2NormalizeForward(recorder, context, { ...shape, ...views });
          l2NormalizeBackward(recorder, context, { ...shape, ...views });
        },
        { QUERIES: live },
      );
      await bench.close('y', views.y, y, forward);
      // The kernel keeps what it divided by.
      await bench.close(
        'norms',
        views.norms,
        norm.map((n) => Math.max(n, L2_EPS)),
        forward,
      );
      await bench.close('dx', views.dx, dx, backward);
    });
  }
});
