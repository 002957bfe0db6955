import { describe } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { linearBackward, linearForward as forwardReference } from './linear.reference';
import { linearBackwardInput, linearBackwardWeight, linearForward, type LinearShape } from './linear';
import { add } from '../reference/arrays';
import { padded, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { columnSum } from '../sums/column-sum';
import { summedWords, sumParts } from '../sums/sum-parts';

const { forward, backward } = KERNEL_TOLERANCE.matmul;

type Kind = 'plain' | 'bias' | 'residual';

/** A layer of which `live` rows out of `limit` hold data; with a residual, gradients are accumulated too. */
async function check(
  bench: Bench,
  [live, limit, inputs, outputs]: readonly [number, number, number, number],
  kind: Kind,
): Promise<void> {
  const more = kind === 'residual';
  const biased = kind === 'bias';
  const shape: LinearShape = { rows: liveRows(limit, COUNT.TOKENS), inputs, outputs };
  const x = singles(live * inputs, 1);
  const weight = singles(outputs * inputs, 2);
  const bias = singles(outputs, 3);
  const dy = singles(live * outputs, 4);
  const sizes = { n: live, k: inputs, m: outputs };
  const y = forwardReference(x, weight, biased ? bias : undefined, sizes);
  const { dx, dw, db } = linearBackward(dy, x, weight, sizes);
  // What is added to, and what accumulation starts from.
  const base = {
    residual: singles(live * outputs, 5),
    dx: singles(live * inputs, 6),
    dw: singles(outputs * inputs, 7),
  };
  const target = (data: Float32Array, length: number) =>
    more ? bench.floats(padded(data, length)) : bench.output(length);
  const views = {
    x: bench.floats(x, limit * inputs),
    weight: bench.floats(weight),
    bias: biased ? bench.floats(bias) : undefined,
    dy: bench.floats(dy, limit * outputs),
    ...(more ? { residual: bench.floats(base.residual, limit * outputs) } : {}),
    y: bench.output(limit * outputs),
    dx: target(base.dx, limit * inputs),
    dweight: target(base.dw, outputs * inputs),
    accumulate: more,
  };
  const dbias = biased ? bench.output(outputs) : undefined;
  const blocks = Math.ceil(limit / 64);
  const sums = bench.output(blocks * outputs);
  const tensors = [{ into: 0, first: 0, length: outputs, stride: outputs, parts: blocks, cut: false }];
  const words = bench.integers([...summedWords(tensors)]);
  await bench.run(
    (recorder, context) => {
      linearForward(recorder, context, shape, views);
      linearBackwardInput(recorder, context, shape, views);
      linearBackwardWeight(recorder, context, shape, views);
      if (!dbias) return;
      const { rows } = shape;
      columnSum(recorder, context, { rows, columns: outputs, x: views.dy, sums });
      sumParts(recorder, context, { rows, tensors, words, pieces: sums, out: dbias, accumulate: more });
    },
    { TOKENS: live },
  );
  await bench.close('y', views.y, more ? add(y, base.residual) : y, forward);
  await bench.close('dx', views.dx, more ? add(dx, base.dx) : dx, backward);
  await bench.close('dw', views.dweight, more ? add(dw, base.dw) : dw, backward);
  if (dbias) await bench.close('db', dbias, db, backward);
}

describe('linear', () => {
  for (const shape of [
    [1, 1, 3, 5],
    [17, 61, 5, 3],
    [65, 65, 61, 17],
    [129, 200, 65, 129],
    [150, 150, 17, 3],
  ] as const) {
    const [live, limit, inputs, outputs] = shape;
    const name = `${live} of ${limit} rows, ${inputs} → ${outputs}`;
    testKernel(name, (bench) => check(bench, shape, 'plain'));
    testKernel(`${name}, with a bias`, (bench) => check(bench, shape, 'bias'));
    testKernel(`${name}, with a residual, accumulating gradients`, (bench) => check(bench, shape, 'residual'));
  }
});
