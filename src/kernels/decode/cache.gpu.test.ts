import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { qkvStride } from '../attention/attention';
import { attentionForward } from '../attention/attention.reference';
import { CANARY, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { attentionDecode, cacheAppend } from './decode';
import { wordsAt, type Row } from './decode.test-data';

describe('the cache', () => {
  testKernel("takes each live row's k and v at its sequence's position", async (bench) => {
    const shape = { heads: 4, kvHeads: 2, headDim: 6 };
    const stride = qkvStride(shape);
    const width = 2 * 2 * 6;
    const pitch = 5;
    const infos: Row[] = [3, 0, 4].map((sequence) => [1, 8, sequence, 0]);
    const qkv = singles(2 * stride, 2);
    const views = {
      state: bench.integers(wordsAt(3, {})),
      info: bench.integers(infos.flat()),
      qkv: bench.floats(qkv, 3 * stride),
      cache: bench.output(5 * pitch * width),
    };
    await bench.run(
      (recorder, { counts }) =>
        cacheAppend(
          recorder,
          { counts, rows: liveRows(3, COUNT.TOKENS), state: views.state, info: views.info },
          shape,
          { pitch, ...views },
        ),
      { TOKENS: 2 },
    );
    const expected = new Float32Array(5 * pitch * width).fill(CANARY);
    for (const r of [0, 1]) {
      expected.set(qkv.subarray((r + 1) * stride - width, (r + 1) * stride), (infos[r]![2] * pitch + 2) * width);
    }
    expect(await bench.read(views.cache)).toEqual(expected);
  });

  for (const [heads, kvHeads, headDim, t] of [
    [4, 2, 6, 1],
    [3, 1, 16, 9],
    [2, 2, 64, 4],
  ] as const) {
    testKernel(
      `is attended to after the prompt: ${heads} heads on ${kvHeads}, ${headDim} channels, token ${t}`,
      (bench) => checkAttention(bench, { heads, kvHeads, headDim }, t),
    );
  }
});

async function checkAttention(
  bench: Bench,
  shape: { heads: number; kvHeads: number; headDim: number },
  t: number,
): Promise<void> {
  const stride = qkvStride(shape);
  const { heads, kvHeads, headDim } = shape;
  const [q, kv] = [heads * headDim, kvHeads * headDim];
  const pitch = 9;
  // Two completions of the second prompt; a row that is not live.
  const prompts = [
    [0, 1],
    [1, 33],
    [1, 33],
    [34, 5],
  ] as const;
  const sequences = [2, 3, 0, 1];
  const live = 3;
  const promptQkv = singles(39 * stride, 3);
  const qkv = singles(live * stride, 4);
  const cache = singles(4 * pitch * 2 * kv, 5);
  const views = {
    state: bench.integers(wordsAt(t, {})),
    info: bench.integers(sequences.flatMap((sequence) => [1, 0, sequence, 0])),
    prompts: bench.integers(prompts.flat()),
    qkv: bench.floats(qkv, 4 * stride),
    promptQkv: bench.floats(promptQkv),
    cache: bench.floats(cache),
    out: bench.output(4 * q),
  };
  await bench.run(
    (recorder, { counts }) =>
      attentionDecode(
        recorder,
        { counts, rows: liveRows(4, COUNT.TOKENS), state: views.state, info: views.info },
        shape,
        { pitch, ...views },
      ),
    { TOKENS: live },
  );
  const expected: number[] = [];
  sequences.slice(0, live).forEach((sequence, r) => {
    const [first, length] = prompts[sequence]!;
    const rows = length + t;
    // Only the last row asks; keys are the prompt's, then the cache's.
    const all = { q: new Float64Array(rows * q), k: [] as number[], v: [] as number[] };
    all.q.set(qkv.subarray(r * stride, r * stride + q), (rows - 1) * q);
    for (let i = 0; i < rows; i++) {
      const at = i < length ? (first + i) * stride + q : (sequence * pitch + i - length) * 2 * kv;
      const source = i < length ? promptQkv : cache;
      all.k.push(...source.subarray(at, at + kv));
      all.v.push(...source.subarray(at + kv, at + 2 * kv));
    }
    const { out } = attentionForward(all.q, all.k, all.v, new Uint32Array(rows), {
      queryHeads: heads,
      kvHeads,
      headDim,
    });
    expected.push(...out.subarray((rows - 1) * q));
  });
  await bench.close('out', views.out, expected, KERNEL_TOLERANCE.attention.forward);
}
