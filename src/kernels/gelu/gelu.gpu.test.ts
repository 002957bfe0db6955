import { describe } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { geluForward } from './gelu';
import { geluForward as reference } from './gelu.reference';

const { forward } = KERNEL_TOLERANCE.elementwise;

async function check(bench: Bench, live: number, limit: number, features: number, values: Float32Array): Promise<void> {
  const x = bench.floats(values, limit * features);
  const out = bench.output(limit * features);
  await bench.run((recorder, context) => geluForward(recorder, context, { rows: liveRows(limit, COUNT.TOKENS), features, x, out }), { TOKENS: live }); // prettier-ignore
  await bench.close('out', out, reference(values), forward);
}

describe('GELU', () => {
  for (const [live, limit, features] of [
    [1, 1, 1],
    [3, 5, 17],
    [61, 129, 65],
    [0, 3, 5],
  ] as const) {
    testKernel(`${live} of ${limit} rows, ${features} features`, (bench) =>
      check(bench, live, limit, features, singles(live * features, 1, 2)),
    );
  }
  const large = [
    -1e30, -1e4, -100, -20, -13.01, -13, -12.5, -9, -6, -5.5, -1e-7, 0, 1e-7, 5.5, 12.5, 13, 14, 1e4, 1e30,
  ];
  testKernel('values whose square overflows, and tails', (bench) =>
    check(bench, 1, 3, large.length, Float32Array.from(large)),
  );
});
