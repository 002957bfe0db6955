import { describe } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { swigluBackward, swigluForward } from './swiglu';
import { swigluBackward as backwardReference, swigluForward as forwardReference } from './swiglu.reference';

const { forward, backward } = KERNEL_TOLERANCE.elementwise;

async function check(bench: Bench, live: number, limit: number, features: number, inputs: Float32Array): Promise<void> {
  const dy = singles(live * features, 2);
  const gateUp = bench.floats(inputs, limit * features * 2);
  const out = bench.output(limit * features);
  const dgateUp = bench.output(limit * features * 2);
  await bench.run(
    (recorder, context) => {
      const rows = liveRows(limit, COUNT.TOKENS);
      swigluForward(recorder, context, { rows, features, gateUp, out });
      const dout = bench.floats(dy, limit * features);
      swigluBackward(recorder, context, { rows, features, gateUp, dout, dgateUp });
    },
    { TOKENS: live },
  );
  await bench.close('out', out, forwardReference(inputs, features), forward);
  await bench.close('dgateUp', dgateUp, backwardReference(dy, inputs, features), backward);
}

describe('swiglu', () => {
  for (const [live, limit, features] of [
    [1, 1, 1],
    [3, 5, 17],
    [61, 129, 65],
    [129, 129, 3],
    [0, 3, 5],
  ] as const) {
    testKernel(`${live} of ${limit} rows, ${features} features`, (bench) =>
      check(bench, live, limit, features, singles(live * features * 2, 1, 2)),
    );
  }

  const gates = [-1e4, -1000, -100, -90, -88, -80, -30, -20, -10, -1e-7, 0, 1e-7, 10, 20, 80, 88, 90, 100, 1000, 1e4];
  testKernel('gates so large that exp overflows', (bench) =>
    check(bench, 1, 3, gates.length, Float32Array.from([...gates, ...singles(gates.length, 1)])),
  );
});
