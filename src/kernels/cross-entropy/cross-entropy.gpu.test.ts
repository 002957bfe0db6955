import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { crossEntropy, crossEntropyKl } from './cross-entropy';
import { crossEntropyBackward, crossEntropyForward } from './cross-entropy.reference';
import { klDivergenceBackward, klDivergenceForward } from './kl-divergence.reference';
import { add } from '../reference/arrays';
import { bitsOf, CANARY, padded, singles, testKernel, type Bench } from '../reference/harness';
import { integers, uniforms } from '../reference/test-data';
import { COUNT, liveRows } from '../rows';

const { forward, backward } = KERNEL_TOLERANCE.softmax;

interface Case {
  live: number;
  limit: number;
  vocabulary: number;
  /** Rows of the batch that earlier chunks hold. */
  start?: number;
  logits?: Float32Array;
  base?: Float32Array;
}

function setUp({ live, limit, vocabulary, start = 0, ...given }: Case) {
  const labels = Uint32Array.from(integers(live, vocabulary, 2));
  if (live > 1) labels[1] = vocabulary - 1;
  const weights = Float32Array.from(uniforms(live, 3));
  if (live > 2) weights[2] = 0;
  return {
    shape: { rows: liveRows(limit, COUNT.TARGETS, start), vocabulary },
    counts: { TARGETS: start + live },
    logits: given.logits ?? singles(live * vocabulary, 1, 3),
    base: given.base ?? singles(live * vocabulary, 4, 3),
    labels,
    weights,
    klWeights: Float32Array.from(uniforms(live, 5)),
  };
}

const times = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array => Float64Array.from(a, (x, i) => x * b[i]!);

async function check(bench: Bench, c: Case): Promise<void> {
  const { live, limit, vocabulary } = c;
  const { shape, counts, logits, base, labels, weights, klWeights } = setUp(c);
  const klScale = 0.3;
  const { ce } = crossEntropyForward(logits, labels, weights, vocabulary);
  const dlogits = crossEntropyBackward(logits, labels, weights, vocabulary);
  const { kl } = klDivergenceForward(base, logits, klWeights, vocabulary);
  const dkl = klDivergenceBackward(base, logits, klWeights, vocabulary, 'forward', klScale);

  const full = () => bench.floats(padded(logits, limit * vocabulary));
  const plain = { logits: full(), losses: bench.output(limit) };
  const both = { logits: full(), losses: bench.output(limit), divergences: bench.output(limit) };
  const pairs = Float32Array.from({ length: live * 2 }, (_, i) => (i % 2 ? klWeights : weights)[i >> 1]!);
  await bench.run((recorder, context) => {
    const given = bench.integers(labels, limit);
    crossEntropy(recorder, context, shape, { ...plain, labels: given, weights: bench.floats(weights, limit) });
    crossEntropyKl(recorder, context, shape, {
      ...both,
      klScale,
      labels: given,
      weights: bench.floats(pairs, limit * 2),
      baseLogits: bench.floats(base, limit * vocabulary),
    });
  }, counts);
  const losses = times(weights, ce);
  await bench.close('losses', plain.losses, losses, forward);
  await bench.close('dlogits', plain.logits, dlogits, backward);
  await bench.close('losses beside KL', both.losses, losses, forward);
  await bench.close('divergences', both.divergences, times(klWeights, kl), forward);
  await bench.close('dlogits with KL', both.logits, add(dlogits, dkl), backward);
}

describe('cross-entropy, alone and with KL', () => {
  for (const [live, limit, vocabulary, start] of [
    [1, 1, 3, 0],
    [5, 17, 17, 0],
    [3, 3, 61, 0],
    [17, 61, 65, 128],
    [61, 64, 129, 0],
    [5, 5, 1000, 64],
    [0, 5, 17, 64],
  ] as const) {
    testKernel(`${live} of ${limit} rows after ${start}, ${vocabulary} tokens`, (bench) =>
      check(bench, { live, limit, vocabulary, start }),
    );
  }

  testKernel('logits far apart and far from zero', (bench) => {
    const vocabulary = 67;
    const logits = singles(4 * vocabulary, 1).map((x, i) => {
      const row = Math.floor(i / vocabulary);
      return row === 0 ? 100 + x : row === 1 ? -100 + x : row === 2 ? 30 * x : i % 5 === 0 ? -1e4 : x;
    });
    return check(bench, { live: 4, limit: 4, vocabulary, logits });
  });

  testKernel('no divergence from itself', async (bench) => {
    const [rows, vocabulary] = [5, 129];
    const data = singles(rows * vocabulary, 1, 3);
    const { shape, counts, labels } = setUp({ live: rows, limit: rows, vocabulary });
    const divergences = bench.output(rows);
    const logits = bench.floats(data);
    await bench.run((recorder, context) => {
      const weights = bench.floats(new Float32Array(rows * 2).map((_, i) => i % 2));
      const given = { labels: bench.integers(labels), weights, baseLogits: bench.floats(data) };
      crossEntropyKl(recorder, context, shape, {
        ...given,
        klScale: 1,
        logits,
        losses: bench.output(rows),
        divergences,
      });
    }, counts);
    expect([...(await bench.read(divergences))]).toEqual([0, 0, 0, 0, 0]);
    expect((await bench.read(logits)).every((x) => x === 0)).toBe(true);
  });

  testKernel('the same program gives the same bits again', async (bench) => {
    const [rows, vocabulary] = [61, 257];
    const { shape, counts, labels, weights, logits } = setUp({ live: rows, limit: rows, vocabulary });
    const views = {
      labels: bench.integers(labels),
      weights: bench.floats(weights),
      logits: bench.floats(logits),
      losses: bench.output(rows),
    };
    const program = await bench.run((recorder, context) => crossEntropy(recorder, context, shape, views), counts);
    const results = async () => [bitsOf(await bench.read(views.logits)), bitsOf(await bench.read(views.losses))];
    const first = await results();
    expect(await bench.read(views.losses)).not.toContain(CANARY);
    bench.gpu.write(views.logits, logits);
    program.run();
    expect(await results()).toEqual(first);
  });
});
