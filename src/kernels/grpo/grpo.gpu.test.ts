import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { GRPO_TOKEN_WORDS, grpoLoss, tokenLogprob } from './grpo';
import { grpoBackward, grpoForward } from './grpo.reference';
import { logprobBackward, logprobForward } from './logprob.reference';
import { bitsOf, padded, singles, testKernel, type Bench } from '../reference/harness';
import { integers, normals, uniforms } from '../reference/test-data';
import { COUNT, liveRows } from '../rows';

const { forward, backward } = KERNEL_TOLERANCE.softmax;

interface Case {
  live: number;
  limit: number;
  vocabulary: number;
  start?: number;
  temperature: number;
}

const settings = { clip_low: 0.2, clip_high: 0.28, beta: 0.05 };
/** Below, inside and above the clip range: with an advantage of either sign, both sides of the clip take effect. */
const RATIOS = [0.4, 0.79, 0.9, 1, 1.2, 1.29, 2.5];

function setUp({ live, vocabulary, temperature }: Case) {
  const logits = singles(live * vocabulary, 1, 3);
  const labels = Uint32Array.from(integers(live, vocabulary, 2));
  const { logprobs, entropy } = logprobForward(logits, labels, vocabulary, temperature);
  const gaps = normals(live, 3);
  const tokens = {
    logprobs,
    old_logprobs: Float32Array.from(logprobs, (lp, i) => lp - Math.log(RATIOS[i % RATIOS.length]!)),
    ref_logprobs: Float32Array.from(logprobs, (lp, i) => lp + gaps[i]!),
    // Both signs meet each ratio: there are seven of those.
    advantage: Float32Array.from(uniforms(live, 4), (u, i) => (i % 2 ? -1 : 1) * (0.1 + u)),
  };
  return { logits, labels, entropy, tokens, weights: Float32Array.from(uniforms(live, 5)) };
}

/** The words of the kernel's `tokens`: the label is an integer, the rest are floats. */
function pack({ labels, weights, tokens }: ReturnType<typeof setUp>): Uint32Array {
  const words = new Uint32Array(labels.length * GRPO_TOKEN_WORDS);
  const floats = new Float32Array(words.buffer);
  labels.forEach((label, i) => {
    floats.set(
      [weights[i]!, tokens.advantage[i]!, tokens.old_logprobs[i]!, tokens.ref_logprobs[i]!],
      i * GRPO_TOKEN_WORDS + 1,
    );
    words[i * GRPO_TOKEN_WORDS] = label;
  });
  return words;
}

/** terms (S, 4), one token at a time; how many are clipped from below, and from above. */
function terms(tokens: ReturnType<typeof setUp>['tokens'], weights: Float32Array) {
  const rows: number[] = [];
  const clipped = { low: 0, high: 0 };
  weights.forEach((weight, i) => {
    const one = {
      logprobs: [tokens.logprobs[i]!],
      old_logprobs: [tokens.old_logprobs[i]!],
      ref_logprobs: [tokens.ref_logprobs[i]!],
      advantage: [tokens.advantage[i]!],
    };
    const { loss, kl, clip_ratio_low, clip_ratio_high } = grpoForward(one, { ...settings, beta: 0 });
    rows.push(...[loss, kl, clip_ratio_low, clip_ratio_high].map((value) => value * weight));
    clipped.low += clip_ratio_low;
    clipped.high += clip_ratio_high;
  });
  return { rows, clipped };
}

async function check(bench: Bench, c: Case): Promise<void> {
  const { live, limit, vocabulary, temperature, start = 0 } = c;
  const data = setUp(c);
  const { logits, labels, tokens, weights, entropy } = data;
  const dlogprobs = grpoBackward(tokens, { ...settings, tokens: 1 }).map((d, i) => d * weights[i]!);
  const expected = terms(tokens, weights);
  if (live >= 14) {
    expect(expected.clipped.low).toBeGreaterThan(0);
    expect(expected.clipped.high).toBeGreaterThan(0);
  }
  const views = {
    tokens: bench.integers(pack(data), limit * GRPO_TOKEN_WORDS),
    logits: bench.floats(padded(logits, limit * vocabulary)),
    terms: bench.output(limit * 4),
    logprobs: bench.output(limit * 2),
  };
  const alone = {
    labels: bench.integers(labels, limit),
    logits: bench.floats(logits, limit * vocabulary),
    logprobs: bench.output(limit),
    entropies: bench.output(limit),
  };
  const shape = { rows: liveRows(limit, COUNT.TARGETS, start), vocabulary };
  await bench.run(
    (recorder, context) => {
      grpoLoss(recorder, context, shape, { ...settings, temperature, ...views });
      tokenLogprob(recorder, context, shape, { temperature, ...alone });
    },
    { TARGETS: start + live },
  );
  await bench.close('terms', views.terms, expected.rows, forward);
  const pairs = [...tokens.logprobs].flatMap((lp, i) => [lp, weights[i]! * entropy[i]!]);
  await bench.close('logprobs', views.logprobs, pairs, forward);
  const dlogits = logprobBackward(dlogprobs, logits, labels, vocabulary, temperature);
  await bench.close('dlogits', views.logits, dlogits, backward);
  await bench.close('logprobs alone', alone.logprobs, tokens.logprobs, forward);
  await bench.close('entropies', alone.entropies, entropy, forward);
  expect(bitsOf(await bench.read(alone.logits)).slice(0, logits.length)).toEqual(bitsOf(logits));
}

describe('grpo and token log-probabilities', () => {
  for (const c of [
    { live: 1, limit: 1, vocabulary: 3, temperature: 1 },
    { live: 5, limit: 17, vocabulary: 61, temperature: 0.7 },
    { live: 17, limit: 61, vocabulary: 65, temperature: 1, start: 128 },
    { live: 61, limit: 64, vocabulary: 129, temperature: 1.3 },
    { live: 14, limit: 14, vocabulary: 1000, temperature: 0.5 },
    { live: 0, limit: 5, vocabulary: 17, temperature: 1, start: 64 },
  ]) {
    testKernel(`${c.live} of ${c.limit} tokens of ${c.vocabulary}, temperature ${c.temperature}`, (bench) =>
      check(bench, c),
    );
  }

  testKernel('a token that the reference gives up on costs much, and no infinity', async (bench) => {
    const vocabulary = 5;
    const data = setUp({ live: 1, limit: 1, vocabulary, temperature: 1 });
    data.tokens.ref_logprobs[0] = 1e4;
    const logits = bench.floats(data.logits);
    const out = { terms: bench.output(4), logprobs: bench.output(2) };
    const tokens = bench.integers(pack(data));
    await bench.run(
      (recorder, context) => {
        const shape = { rows: liveRows(1, COUNT.TARGETS), vocabulary };
        grpoLoss(recorder, context, shape, { ...settings, temperature: 1, tokens, logits, ...out });
      },
      { TARGETS: 1 },
    );
    expect((await bench.read(logits)).every(Number.isFinite)).toBe(true);
    expect((await bench.read(out.terms)).every(Number.isFinite)).toBe(true);
  });
});
