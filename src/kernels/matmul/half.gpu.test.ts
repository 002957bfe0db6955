import { describe, expect } from 'vitest';
import { float16ToFloat32, float32ToFloat16 } from '../../lib/half';
import { assertClose, KERNEL_TOLERANCE } from '../../lib/tolerance';
import { linearBackward } from '../linear/linear-backward';
import { linearBackward as backwardReference, linearForward as forwardReference } from '../linear/linear.reference';
import { linearForward } from '../linear/linear';
import { linearSwiglu } from '../linear/linear-swiglu';
import { bitsOf, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, fixedRows, liveRows } from '../rows';
import { swigluBackward as swigluGradient, swigluForward } from '../swiglu/swiglu.reference';
import { matmul, matmulShaders } from './matmul';

const { matmul: ofRounded, halfMatmul: ofExact } = KERNEL_TOLERANCE;
const half = (values: Float32Array): Float32Array<ArrayBuffer> => float16ToFloat32(float32ToFloat16(values));
const compute = 'f16';

/**
 * Checks (rows, inner) · (inner, columns): all variants give the same bits, which are close to f64 of rounded factors,
 * and less close to f64 of exact ones.
 */
async function checkProduct(bench: Bench, [rows, inner, columns]: readonly [number, number, number]): Promise<void> {
  const a = singles(rows * inner, 1);
  const b = singles(inner * columns, 2);
  const turned = (values: Float32Array): number[] =>
    Array.from({ length: columns * inner }, (_, at) => values[(at % inner) * columns + Math.floor(at / inner)]!);
  const sizes = { n: rows, k: inner, m: columns };
  const rounded = forwardReference(half(a), turned(half(b)), undefined, sizes);
  const exact = forwardReference(a, turned(b), undefined, sizes);
  const sides = { a: { view: bench.floats(a), stride: inner }, b: { view: bench.floats(b), stride: columns } };
  const o = { ...sides, rows: fixedRows(rows), inner: fixedRows(inner), columns, cStride: columns, compute } as const;
  const found: number[][] = [];
  for (const variant of matmulShaders(bench.gpu)) {
    const c = bench.output(rows * columns);
    await bench.run((recorder, context) => matmul(recorder, context, { ...o, c }, variant));
    await bench.close(`${variant} of rounded factors`, c, rounded, ofRounded.forward);
    await bench.close(`${variant} of exact factors`, c, exact, ofExact.forward);
    // Factors that were not rounded would not lie within the narrower tolerance.
    expect(() => assertClose(variant, exact, rounded, ofRounded.forward)).toThrow();
    found.push(bitsOf(await bench.read(c)));
  }
  for (const bits of found) expect(bits).toEqual(found[0]);
}

interface Layer {
  live: number;
  limit: number;
  inputs: number;
  outputs: number;
}

/** Both gradients, in one dispatch of any tile and in two, behind a SwiGLU too. */
async function checkBackward(bench: Bench, { live, limit, inputs, outputs }: Layer, swiglu: boolean): Promise<void> {
  const x = singles(live * inputs, 1);
  const dy = singles(live * outputs, 2);
  const weight = singles(outputs * inputs, 3);
  const gateUp = singles(live * 2 * inputs, 4);
  const sizes = { n: live, k: inputs, m: outputs };
  const rounded = backwardReference(half(dy), half(x), half(weight), sizes);
  const exact = backwardReference(dy, x, weight, sizes);
  const given = {
    x: bench.floats(x, limit * inputs),
    dy: bench.floats(dy, limit * outputs),
    weight: bench.floats(weight),
  };
  const shape = { rows: liveRows(limit, COUNT.TOKENS), inputs, outputs, compute } as const;
  const found: number[][] = [];
  for (const tile of [null, 'tiled16'] as const) {
    const dx = bench.output(limit * inputs);
    const dweight = bench.output(outputs * inputs);
    const dgateUp = bench.output(limit * 2 * inputs);
    const from = swiglu ? { gateUp: bench.floats(gateUp, limit * 2 * inputs), dgateUp } : undefined;
    const t = { ...given, dx, dweight, swiglu: from };
    await bench.run((recorder, context) => linearBackward(recorder, context, shape, t, tile), { TOKENS: live });
    if (swiglu) await bench.close('dgateUp', dgateUp, swigluGradient(rounded.dx, gateUp, inputs), ofRounded.backward);
    else await bench.close('dx', dx, rounded.dx, ofRounded.backward);
    await bench.close('dw', dweight, rounded.dw, ofRounded.backward);
    await bench.close('dw of exact factors', dweight, exact.dw, ofExact.backward);
    found.push([...bitsOf(await bench.read(swiglu ? dgateUp : dx)), ...bitsOf(await bench.read(dweight))]);
  }
  for (const bits of found) expect(bits).toEqual(found[0]);
}

async function checkSwiglu(bench: Bench, [live, inputs, features]: readonly [number, number, number]): Promise<void> {
  const x = singles(live * inputs, 1);
  const weight = singles(2 * features * inputs, 2);
  const sizes = { n: live, k: inputs, m: 2 * features };
  const gateUp = forwardReference(half(x), half(weight), undefined, sizes);
  const given = { x: bench.floats(x), weight: bench.floats(weight), dtype: 'f32', scratch: null } as const;
  const shape = { rows: fixedRows(live), inputs, features, compute } as const;
  const found: number[][] = [];
  for (const tile of [null, 'paired16'] as const) {
    const t = { ...given, gateUp: bench.output(live * 2 * features), out: bench.output(live * features) };
    await bench.run((recorder, context) => linearSwiglu(recorder, context, shape, t, tile));
    await bench.close(`${tile} gateUp`, t.gateUp, gateUp, ofRounded.forward);
    await bench.close(`${tile} out`, t.out, swigluForward(gateUp, features), ofRounded.forward);
    found.push([...bitsOf(await bench.read(t.gateUp)), ...bitsOf(await bench.read(t.out))]);
  }
  for (const bits of found) expect(bits).toEqual(found[0]);
}

const test = (name: string, body: (bench: Bench) => Promise<void>): void => testKernel(name, body, 'shader-f16');

describe('products of halves', () => {
  for (const shape of [
    [1, 3, 5],
    [17, 61, 67],
    [65, 65, 129],
    [129, 97, 17],
  ] as const)
    // prettier-ignore
    test(`(${shape[0]}, ${shape[1]}) · (${shape[1]}, ${shape[2]})`, (bench) => checkProduct(bench, shape));

  for (const layer of [
    { live: 1, limit: 1, inputs: 3, outputs: 5 },
    { live: 17, limit: 61, inputs: 5, outputs: 3 },
    { live: 65, limit: 65, inputs: 61, outputs: 17 },
    { live: 129, limit: 200, inputs: 65, outputs: 129 },
  ]) {
    const { live, limit, inputs, outputs } = layer;
    const name = `both gradients of ${live} of ${limit} rows, ${inputs} → ${outputs}`;
    test(name, (bench) => checkBackward(bench, layer, false));
    test(`${name}, of what a SwiGLU made`, (bench) => checkBackward(bench, layer, true));
  }

  for (const shape of [
    [1, 3, 5],
    [17, 5, 3],
    [65, 61, 34],
  ] as const)
    // prettier-ignore
    test(`two projections and their SwiGLU, ${shape[0]} rows, ${shape[1]} → 2 × ${shape[2]}`, (bench) =>
      checkSwiglu(bench, shape));

  test('a factor beyond the largest half makes no finite number', async (bench) => {
    for (const variant of matmulShaders(bench.gpu)) {
      const c = bench.output(2);
      const a = { view: bench.floats([65_504, 65_536]), stride: 1 };
      const o = { a, rows: fixedRows(2), inner: fixedRows(1), columns: 1, c, cStride: 1, compute } as const;
      const b = { view: bench.floats([1]), stride: 1 };
      await bench.run((recorder, context) => matmul(recorder, context, { ...o, b }, variant));
      expect([...(await bench.read(c))], variant).toEqual([65_504, Infinity]);
    }
  });

  test('a layer says what its products multiply', async (bench) => {
    const [x, weight, y] = [bench.floats([1 + 2 ** -12]), bench.floats([1]), bench.output(1)];
    const shape = { rows: fixedRows(1), inputs: 1, outputs: 1 };
    await bench.run((recorder, context) => linearForward(recorder, context, { ...shape, compute }, { x, weight, y }));
    expect([...(await bench.read(y))]).toEqual([1]);
    await bench.run((recorder, context) => linearForward(recorder, context, shape, { x, weight, y }));
    expect([...(await bench.read(y))]).toEqual([1 + 2 ** -12]);
  });
});
