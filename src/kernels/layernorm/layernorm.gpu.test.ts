import { describe } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { add } from '../reference/arrays';
import { singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { layernormForward } from './layernorm';
import { layernormForward as reference } from './layernorm.reference';

const { forward } = KERNEL_TOLERANCE.reduction;

async function check(bench: Bench, live: number, limit: number, channels: number, offset = 0): Promise<void> {
  const x = singles(live * channels, 1).map((value) => value + offset);
  const residual = singles(live * channels, 2);
  const weight = singles(channels, 3);
  const bias = singles(channels, 4);
  const y = bench.output(limit * channels);
  await bench.run(
    (recorder, context) => {
      layernormForward(recorder, context, {
        rows: liveRows(limit, COUNT.TOKENS),
        channels,
        eps: 1e-12,
        x: bench.floats(x, limit * channels),
        residual: bench.floats(residual, limit * channels),
        weight: bench.floats(weight),
        bias: bench.floats(bias),
        y,
      });
    },
    { TOKENS: live },
  );
  await bench.close('y', y, reference(add(x, residual), weight, bias, 1e-12), forward);
}

describe('layer norm', () => {
  for (const [live, limit, channels] of [
    [1, 1, 3],
    [3, 5, 17],
    [61, 129, 65],
    [65, 65, 384],
    [0, 3, 5],
  ] as const) {
    testKernel(`${live} of ${limit} rows of ${channels}`, (bench) => check(bench, live, limit, channels));
  }
  testKernel('rows far from zero', (bench) => check(bench, 7, 9, 33, 4));
});
