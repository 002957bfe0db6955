import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { attentionBackward, attentionForward, qkvStride } from './attention';
import { attentionBackward as backwardReference, attentionForward as forwardReference } from './attention.reference';
import { concatColumns, splitColumns } from '../reference/arrays';
import { bitsOf, singles, testKernel, type Bench } from '../reference/harness';
import { packedRows } from '../reference/test-data';
import { COUNT, liveRows } from '../rows';

const { forward, backward } = KERNEL_TOLERANCE.attention;

interface Case {
  lengths: readonly number[];
  heads: number;
  kvHeads: number;
  headDim: number;
  /** Rows that the program has room for beyond those that are live. */
  spare?: number;
  /** The factor of q, k and v: scores grow with its square. */
  scale?: number;
  forwardOnly?: boolean;
  /** A row attends all of its sequence. The backward pass knows causal attention alone. */
  bothWays?: boolean;
  /** Uses the shaders of hardware, whatever the adapter is. */
  hardware?: boolean;
}

/** For each row, the row after the last of its sequence. */
const ends = (lengths: readonly number[]): number[] => {
  let end = 0;
  return lengths.flatMap((length) => {
    end += length;
    return new Array<number>(length).fill(end);
  });
};

function setUp(bench: Bench, c: Case) {
  const live = c.lengths.reduce((sum, length) => sum + length, 0);
  const limit = live + (c.spare ?? 0);
  const { heads, headDim } = c;
  const stride = qkvStride(c);
  const { seqStart } = packedRows(c.lengths);
  const qkv = singles(live * stride, 1, c.scale ?? 1);
  const dout = singles(live * heads * headDim, 2);
  const shape = { ...c, rows: liveRows(limit, COUNT.TOKENS) };
  const views = {
    seqStart: bench.integers(seqStart, limit),
    seqEnd: bench.integers(ends(c.lengths), limit),
    qkv: bench.floats(qkv, limit * stride),
    dout: bench.floats(dout, limit * heads * headDim),
    out: bench.output(limit * heads * headDim),
    lse: bench.output(limit * heads),
    delta: bench.output(limit * heads),
    dqkv: bench.output(limit * stride),
  };
  const record = async () => {
    const { adapter } = bench.gpu;
    const real = adapter.software;
    if (c.hardware) adapter.software = false;
    try {
      return await bench.record(
        (recorder, context) => {
          attentionForward(recorder, context, shape, { ...views, causal: !c.bothWays });
          if (!c.forwardOnly && !c.bothWays) attentionBackward(recorder, context, shape, views);
        },
        { TOKENS: live },
      );
    } finally {
      adapter.software = real;
    }
  };
  return { live, seqStart, qkv, dout, views, record };
}

async function check(bench: Bench, c: Case): Promise<void> {
  const { live, seqStart, qkv, dout, views, record } = setUp(bench, c);
  const shape = { queryHeads: c.heads, kvHeads: c.kvHeads, headDim: c.headDim };
  const [q, kv] = splitColumns(Float64Array.from(qkv), live, c.heads * c.headDim);
  const [k, v] = splitColumns(kv, live, c.kvHeads * c.headDim);
  const { out, lse } = forwardReference(q, k, v, seqStart, shape, c.bothWays ? ends(c.lengths) : undefined);
  const { dq, dk, dv } = backwardReference(dout, { q, k, v, seqStart, out, lse }, shape);
  const program = await record();
  program.run();
  await bench.close('out', views.out, out, forward);
  await bench.close('lse', views.lse, lse, forward);
  if (c.forwardOnly || c.bothWays) return;
  await bench.close('dqkv', views.dqkv, concatColumns(concatColumns(dq, dk, live), dv, live), backward);
}

describe('attention', () => {
  const packed = [1, 7, 33, 64];
  for (const [heads, kvHeads, headDim] of [
    [4, 2, 2],
    [3, 1, 6],
    [4, 4, 8],
    [6, 2, 16],
    [4, 2, 64],
    [2, 1, 128],
    [2, 2, 256],
  ] as const) {
    testKernel(`sequences of ${packed.join(', ')}, ${heads} heads on ${kvHeads}, ${headDim} channels`, (bench) => {
      // Compiling a backward of 128 channels or more takes a CPU adapter half a minute.
      const forwardOnly = headDim > 64 && bench.gpu.adapter.software;
      return check(bench, { lengths: packed, heads, kvHeads, headDim, spare: 39, forwardOnly });
    });
  }
  for (const lengths of [[1], [2, 1, 1, 3], [31, 1, 32, 33], [17, 129, 5], [65, 61]]) {
    testKernel(`sequences of ${lengths.join(', ')}`, (bench) =>
      check(bench, { lengths, heads: 2, kvHeads: 1, headDim: 8, spare: 1 }),
    );
  }
  for (const [heads, kvHeads, headDim] of [
    [3, 1, 6],
    [2, 1, 8],
  ] as const) {
    testKernel(`the shaders of hardware, ${heads} heads on ${kvHeads}, ${headDim} channels`, (bench) =>
      check(bench, { lengths: [31, 1, 32, 33, 129, 5], heads, kvHeads, headDim, spare: 39, hardware: true }),
    );
  }
  for (const headDim of [6, 16, 32, 64]) {
    for (const hardware of [false, true]) {
      const shaders = hardware ? ', the shaders of hardware' : '';
      testKernel(
        `every row attends all of its sequence, ${headDim} channels${shaders}`,
        (bench) =>
        check(bench, { lengths: [31, 1, 32, 2, 129, 5], heads: 3, kvHeads: 3, headDim, spare: 39, bothWays: true, hardware }), // prettier-ignore
      );
    }
  }
  testKernel('many sequences of one row: each gives its own value', (bench) =>
    check(bench, { lengths: new Array<number>(70).fill(1), heads: 2, kvHeads: 1, headDim: 6 }),
  );
  testKernel('one sequence of 200', (bench) => check(bench, { lengths: [200], heads: 3, kvHeads: 1, headDim: 8 }));
  testKernel('no live rows', (bench) => check(bench, { lengths: [], heads: 2, kvHeads: 1, headDim: 8, spare: 40 }));
  testKernel('scores of some tens: one key takes nearly all', (bench) =>
    check(bench, { lengths: [5, 61], heads: 2, kvHeads: 2, headDim: 16, scale: 4 }),
  );

  testKernel('the same program gives the same bits again', async (bench) => {
    const { views, record } = setUp(bench, { lengths: [5, 61, 129], heads: 4, kvHeads: 2, headDim: 16 });
    const program = await record();
    const results: number[][][] = [];
    for (const times of [1, 2]) {
      program.run(times);
      results.push([bitsOf(await bench.read(views.out)), bitsOf(await bench.read(views.dqkv))]);
    }
    expect(results[1]).toEqual(results[0]);
  });
});
