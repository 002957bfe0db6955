import { describe, expect, it } from 'vitest';
import { assertClose } from '../../lib/tolerance';
import { attentionBackward, attentionForward, kvHeadOf } from './attention.reference';
import { assertGradient, weigh } from '../reference/finite-differences';
import { normals, packedRows } from '../reference/test-data';

const shapes = [
  { queryHeads: 4, kvHeads: 2, headDim: 3 },
  { queryHeads: 3, kvHeads: 3, headDim: 2 },
  { queryHeads: 3, kvHeads: 1, headDim: 5 },
];

function inputs(rows: number, shape: (typeof shapes)[number]): [Float64Array, Float64Array, Float64Array] {
  const kv = rows * shape.kvHeads * shape.headDim;
  return [normals(rows * shape.queryHeads * shape.headDim, 1), normals(kv, 2), normals(kv, 3)];
}

describe('attention reference', () => {
  it('gives a first row its own value, and its score as lse', () => {
    const { out, lse } = attentionForward([2], [3], [7], [0], { queryHeads: 1, kvHeads: 1, headDim: 1 });
    expect(out[0]).toBe(7);
    expect(lse[0]).toBe(6);
  });

  it('averages what equal keys hold', () => {
    const one = { queryHeads: 1, kvHeads: 1, headDim: 1 };
    const { out } = attentionForward([5, 5, 5], [0, 0, 0], [3, 6, 12], [0, 0, 0], one);
    assertClose('out', out, [3, 4.5, 7], { atol: 1e-14, rtol: 0 });
  });

  it('shares key/value heads among consecutive query heads', () => {
    expect([0, 1, 2, 3, 4, 5].map((h) => kvHeadOf(h, { queryHeads: 6, kvHeads: 2, headDim: 1 }))).toEqual([
      0, 0, 0, 1, 1, 1,
    ]);
  });

  it('keeps packed sequences apart', () => {
    const shape = shapes[0]!;
    const [q, k, v] = inputs(7, shape);
    const packed = attentionForward(q, k, v, packedRows([3, 4]).seqStart, shape);
    const cutQ = 3 * 12;
    const cutKv = 3 * 6;
    const alone = attentionForward(
      q.subarray(cutQ),
      k.subarray(cutKv),
      v.subarray(cutKv),
      packedRows([4]).seqStart,
      shape,
    );
    expect([...packed.out.subarray(cutQ)]).toEqual([...alone.out]);
  });

  it.each(shapes)('has the gradients of finite differences at %j, sequences of 3, 1 and 5', (shape) => {
    const { seqStart } = packedRows([3, 1, 5]);
    const [q, k, v] = inputs(9, shape);
    const dout = normals(q.length, 4);
    const f = (): number => weigh(attentionForward(q, k, v, seqStart, shape).out, dout);
    const saved = { q, k, v, seqStart, ...attentionForward(q, k, v, seqStart, shape) };
    const { dq, dk, dv } = attentionBackward(dout, saved, shape);
    assertGradient('dq', f, q, dq);
    assertGradient('dk', f, k, dk);
    assertGradient('dv', f, v, dv);
  });
});
