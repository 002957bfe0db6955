import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { isTile, TILES } from '../matmul/tiles';
import { add } from '../reference/arrays';
import { bitsOf, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { partCount } from '../sums/parts';
import { swigluBackward as swigluReference } from '../swiglu/swiglu.reference';
import { linearBackward as backwardReference } from './linear.reference';
import { linearBackward } from './linear-backward';

const { backward } = KERNEL_TOLERANCE.matmul;

interface Case {
  live: number;
  limit: number;
  inputs: number;
  outputs: number;
  parts?: number;
  accumulate?: boolean;
  swiglu?: boolean;
}

/** Checks the gradients of two dispatches, and that one dispatch of any tile gives the same bits. */
async function check(
  bench: Bench,
  { live, limit, inputs, outputs, parts, accumulate = false, swiglu = false }: Case,
): Promise<void> {
  const x = singles(live * inputs, 1);
  const dy = singles(live * outputs, 2);
  const weight = singles(outputs * inputs, 3);
  const before = singles(outputs * inputs, 4);
  const gateUp = singles(live * 2 * inputs, 5, 2);
  const expected = backwardReference(dy, x, weight, { n: live, k: inputs, m: outputs });
  const length = outputs * inputs;
  const given = {
    x: bench.floats(x, limit * inputs),
    dy: bench.floats(dy, limit * outputs),
    weight: bench.floats(weight),
    accumulate,
    ...(parts === undefined ? {} : { parts }),
  };
  const found: { dx: number[]; dw: number[] }[] = [];
  for (const tile of [null, ...Object.keys(TILES).filter(isTile)]) {
    const dx = bench.output(limit * inputs);
    const dweight = accumulate ? bench.floats(before) : bench.output((parts ?? 1) * length);
    const shape = { rows: liveRows(limit, COUNT.TOKENS), inputs, outputs };
    const dgateUp = bench.output(limit * 2 * inputs);
    const from = swiglu ? { gateUp: bench.floats(gateUp, limit * 2 * inputs), dgateUp } : undefined;
    const record = await bench.run(
      (recorder, context) => linearBackward(recorder, context, shape, { ...given, dx, dweight, swiglu: from }, tile),
      { TOKENS: live },
    );
    expect(record.dispatches).toBe(tile === null ? (swiglu ? 3 : 2) : 1);
    if (swiglu) await bench.close(`${tile} dgateUp`, dgateUp, swigluReference(expected.dx, gateUp, inputs), backward);
    else await bench.close(`${tile} dx`, dx, expected.dx, backward);
    const sums = await bench.read(dweight);
    if (parts === undefined) {
      const dw = accumulate ? add(expected.dw, before) : expected.dw;
      await bench.close(`${tile} dw`, dweight, dw, backward);
    } else {
      const whole = new Float32Array(length);
      for (let p = 0; p < partCount(live, parts); p++)
        for (let i = 0; i < length; i++) whole[i]! += sums[p * length + i]!;
      await bench.close(`${tile} dw of its parts`, bench.floats(whole), expected.dw, backward);
    }
    found.push({ dx: bitsOf(await bench.read(swiglu ? dgateUp : dx)), dw: bitsOf(sums) });
  }
  for (const bits of found) expect(bits).toEqual(found[0]);
}

describe('both gradients of a linear layer at once', () => {
  for (const [live, limit, inputs, outputs] of [
    [1, 1, 3, 5],
    [17, 61, 5, 3],
    [65, 65, 61, 17],
    [129, 200, 65, 129],
    [150, 150, 17, 3],
    [64, 64, 64, 64],
  ] as const) {
    const c = { live, limit, inputs, outputs };
    testKernel(`${live} of ${limit} rows, ${inputs} → ${outputs}`, (bench) => check(bench, c));
    testKernel(`${live} of ${limit} rows, ${inputs} → ${outputs}, in 4 parts at most`, (bench) =>
      check(bench, { ...c, parts: 4 }),
    );
    testKernel(`${live} of ${limit} rows, ${inputs} → ${outputs}, of what a SwiGLU made`, (bench) =>
      check(bench, { ...c, swiglu: true }),
    );
    testKernel(`${live} of ${limit} rows, ${inputs} → ${outputs}, added to dw`, (bench) =>
      check(bench, { ...c, accumulate: true }),
    );
  }
  testKernel('no live rows give a gradient of zero', (bench) =>
    check(bench, { live: 0, limit: 65, inputs: 5, outputs: 17 }),
  );
});
