import { describe, expect, test } from 'vitest';
import { assertClose, KERNEL_TOLERANCE } from '../../lib/tolerance';
import { concatColumns, splitColumns } from '../reference/arrays';
import { singles, testKernel } from '../reference/harness';
import { integers } from '../reference/test-data';
import { rope, ropeTable } from './rope';
import { ropeBackward, ropeForward, ropeTable as tableReference } from './rope.reference';
import { COUNT, liveRows } from '../rows';

const { forward, backward } = KERNEL_TOLERANCE.elementwise;
const POSITIONS = 4096;

describe('rope', () => {
  test('its table holds cosines and sines by turns', () => {
    const table = ropeTable(129, 6, 1e4);
    const { cos, sin } = tableReference(129, 6, 1e4);
    expect(table).toHaveLength(129 * 3 * 2);
    const half = { atol: 2 ** -25, rtol: 0 };
    assertClose(
      'cos',
      table.filter((_, i) => i % 2 === 0),
      cos,
      half,
    );
    assertClose(
      'sin',
      table.filter((_, i) => i % 2 === 1),
      sin,
      half,
    );
  });

  for (const [live, limit, heads, headDim, rest, theta] of [
    [1, 1, 1, 2, 2, 1e4],
    [3, 5, 3, 6, 6, 1e4],
    [61, 129, 5, 16, 32, 1e6],
    [65, 65, 2, 64, 0, 5e5],
    [17, 33, 3, 128, 128, 1e4],
  ] as const) {
    const stride = heads * headDim + rest;
    const shape = { heads, headDim };
    const table = tableReference(POSITIONS, headDim, theta);
    for (const turnBack of [false, true]) {
      const name = `${live} of ${limit} rows, ${heads} heads of ${headDim}${turnBack ? ', backward' : ''}`;
      testKernel(name, async (bench) => {
        const x = singles(live * stride, 1);
        const positions = integers(live, POSITIONS, 2);
        positions[0] = POSITIONS - 1;
        const [turned, still] = splitColumns(Float64Array.from(x), live, heads * headDim);
        const y = (turnBack ? ropeBackward : ropeForward)(turned, positions, table, shape);
        const qkv = bench.floats([...x, ...new Float32Array((limit - live) * stride).fill(1234.5)]);
        await bench.run(
          (recorder, context) =>
            rope(recorder, context, {
              rows: liveRows(limit, COUNT.TOKENS),
              ...shape,
              stride,
              positions: bench.integers(positions, limit),
              table: bench.floats(ropeTable(POSITIONS, headDim, theta)),
              qkv,
              backward: turnBack,
            }),
          { TOKENS: live },
        );
        const expected = concatColumns(y, still, live);
        await bench.close('qkv', qkv, expected, turnBack ? backward : forward);
        const [, untouched] = splitColumns(
          Float64Array.from((await bench.read(qkv)).subarray(0, live * stride)),
          live,
          heads * headDim,
        );
        expect([...untouched]).toEqual([...still]);
      });
    }
  }
});
