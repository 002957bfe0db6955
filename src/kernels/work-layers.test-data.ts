import { distil, infonce, triplet } from './contrastive/contrastive';
import { crossEntropy, crossEntropyKl } from './cross-entropy/cross-entropy';
import { gatherRows, scatterRows } from './gather/gather';
import { geluForward } from './gelu/gelu';
import { GRPO_TOKEN_WORDS, grpoLoss, tokenLogprob } from './grpo/grpo';
import { l2NormalizeBackward, l2NormalizeForward } from './l2-normalize/l2-normalize';
import { layernormForward } from './layernorm/layernorm';
import { meanRows } from './pool/mean-rows';
import { plainNorm, rmsnormBackward, rmsnormForward } from './rmsnorm/rmsnorm';
import { rope } from './rope/rope';
import { COUNT, liveRows } from './rows';
import { columnSum } from './sums/column-sum';
import { summedWords, sumParts } from './sums/sum-parts';
import { sumRows } from './sums/sum-rows';
import { swigluBackward, swigluForward } from './swiglu/swiglu';
import { C, check, LIMIT, N, rows, V } from './work.test-data';

/** Expected work of most kernels of a training step. */
export function layerCases(): void {
  check(
    'a linear norm and its gradient, with and without an addition',
    ({ recorder, counts, floats }) => {
      const s = plainNorm(rows, C);
      const [x, weight, y, rstd, sums] = [floats(LIMIT * C), floats(C), floats(LIMIT * C), floats(LIMIT), floats(C)];
      rmsnormForward(recorder, { counts }, s, { eps: 1e-5, x, weight, y, rstd });
      const backward = { x, weight, rstd, dy: y, dx: floats(LIMIT * C), accumulate: false };
      rmsnormBackward(recorder, { counts }, s, { ...backward, sums });
      rmsnormBackward(recorder, { counts }, s, { ...backward, accumulate: true });
    },
    {
      // A square and its sum, then two products, for each value; 64 rows of the buffers are one workgroup.
      rmsnorm_forward: { flops: N * C * 4, passed: { x: 'r', weight: 'r', y: 'w', rstd: 'w' }, workgroups: 1 },
      rmsnorm_backward_weight: {
        flops: N * C * (7 + 3),
        passed: { x: 'r', weight: 'r', rstd: 'r', dy: 'r', dx: 'w', sums: 'w' },
        workgroups: 2,
      },
      rmsnorm_backward: { flops: N * C * 8, passed: { x: 'r', weight: 'r', rstd: 'r', dy: 'r', dx: 'rw' } },
    },
  );
  check(
    'heads of a wider row, of which a norm touches its own alone',
    ({ recorder, counts, floats }) => {
      const s = { rows, channels: 4, group: 3, stride: 20, base: 4 };
      const [x, weight, rstd] = [floats(LIMIT * 20), floats(4), floats(LIMIT * 3)];
      rmsnormForward(recorder, { counts }, s, { eps: 1e-5, x, weight, y: floats(LIMIT * 20), rstd });
    },
    { rmsnorm_forward: { flops: N * 3 * 4 * 4, bytes: 4 * (N * 3 * (4 + 4 + 1) + 4) } },
  );
  check(
    'layer norm, GELU and SwiGLU',
    ({ recorder, counts, floats }) => {
      const [x, residual, weight, bias, y] = [
        floats(LIMIT * C),
        floats(LIMIT * C),
        floats(C),
        floats(C),
        floats(LIMIT * C),
      ];
      layernormForward(recorder, { counts }, { rows, channels: C, eps: 1e-5, x, residual, weight, bias, y });
      geluForward(recorder, { counts }, { rows, features: C, x, out: y });
      const gateUp = floats(LIMIT * C * 2);
      swigluForward(recorder, { counts }, { rows, features: C, gateUp, out: y });
      swigluBackward(recorder, { counts }, { rows, features: C, gateUp, dout: y, dgateUp: floats(LIMIT * C * 2) });
    },
    {
      // The mean 2, the variance 4, the result 5.
      layernorm_forward: { flops: N * C * 11, passed: { x: 'r', residual: 'r', weight: 'r', bias: 'r', y: 'w' } },
      // t 3, nine steps of the polynomial 18, its exponential 6, the rest 6.
      gelu_forward: { flops: N * C * 33, passed: { x: 'r', out: 'w' } },
      swiglu_forward: { flops: N * C * 5, passed: { gate_up: 'r', out: 'w' } },
      swiglu_backward: { flops: N * C * 12, passed: { gate_up: 'r', dout: 'r', dgate_up: 'w' } },
    },
  );
  check(
    'losses on tokens',
    ({ recorder, counts, floats, words }) => {
      const s = { rows, vocabulary: V };
      const [labels, weights, logits, losses] = [
        words(new Uint32Array(LIMIT)),
        floats(LIMIT * 2),
        floats(LIMIT * V),
        floats(LIMIT),
      ];
      crossEntropy(recorder, { counts }, s, { labels, weights, logits, losses });
      const kl = {
        klScale: 1,
        labels,
        weights,
        baseLogits: floats(LIMIT * V),
        logits,
        losses,
        divergences: floats(LIMIT),
      };
      crossEntropyKl(recorder, { counts }, s, kl);
      tokenLogprob(recorder, { counts }, s, {
        temperature: 1,
        labels,
        logits,
        logprobs: losses,
        entropies: floats(LIMIT),
      });
      const settings = { temperature: 1, clip_low: 0.1, clip_high: 0.1, beta: 0 };
      const tokens = floats(LIMIT * GRPO_TOKEN_WORDS);
      grpoLoss(recorder, { counts }, s, {
        ...settings,
        tokens,
        logits,
        terms: floats(LIMIT * 4),
        logprobs: floats(LIMIT * 2),
      });
    },
    {
      // The largest 1, the sum 3, the gradient 5.
      cross_entropy: {
        flops: N * V * 9,
        passed: { labels: 'r', weights: 'r', logits: 'rw', losses: 'w' },
        workgroups: N,
      },
      cross_entropy_kl: {
        flops: N * V * (2 + 6 + 6 + 5 + 6),
        passed: { labels: 'r', weights: 'r', base_logits: 'r', logits: 'rw', losses: 'w', divergences: 'w' },
      },
      token_logprob: {
        flops: N * V * (2 + 4 + 5),
        passed: { labels: 'r', logits: 'r', logprobs: 'w', entropies: 'w' },
      },
      grpo: { flops: N * V * (2 + 4 + 7), passed: { tokens: 'r', logits: 'rw', terms: 'w', logprobs: 'w' } },
    },
  );
  check(
    'losses on cosines, and unit vectors',
    ({ recorder, counts, floats, words }) => {
      const [queries, documents] = [liveRows(5, COUNT.QUERIES), liveRows(9, COUNT.DOCUMENTS)];
      const s = { queries, documents, pitch: 9 };
      const [positive, scores, dscores, losses] = [words(new Uint32Array(5)), floats(45), floats(45), floats(5)];
      infonce(recorder, { counts }, s, { temperature: 0.1, weight: 1, positive, scores, dscores, losses });
      triplet(recorder, { counts }, s, {
        margin: 0.1,
        weight: 1,
        positive,
        negative: positive,
        scores,
        dscores,
        losses,
      });
      const distilled = { temperature: 0.1, teacherTemperature: 0.1, weight: 1, teacher: floats(45) };
      distil(recorder, { counts }, s, { ...distilled, scores, dscores, losses });
      const [x, y, norms] = [floats(LIMIT * C), floats(LIMIT * C), floats(LIMIT)];
      l2NormalizeForward(recorder, { counts }, { rows, channels: C, x, y, norms });
      l2NormalizeBackward(recorder, { counts }, { rows, channels: C, y, norms, dy: x, dx: floats(LIMIT * C) });
    },
    {
      infonce: { flops: 3 * 7 * 12, bytes: 4 * 3 * (7 + 7 + 1 + 1) },
      triplet: { flops: 3 * 7, bytes: 4 * 3 * (2 + 2 + 4 + 1) },
      // The largest 4, the sums 8, both probabilities 8, the divergence 7, the gradient 3.
      distil: { flops: 3 * 7 * 30, bytes: 4 * 3 * (7 + 7 + 14 + 1) },
      l2_normalize_forward: { flops: N * C * 3, passed: { x: 'r', y: 'w', norms: 'w' } },
      l2_normalize_backward: { flops: N * C * 5, passed: { y: 'r', norms: 'r', dy: 'r', dx: 'w' } },
    },
  );
  check(
    'gathering, scattering, means, sums',
    ({ recorder, counts, floats, words }) => {
      const [at, x, out] = [words(new Uint32Array(LIMIT)), floats(LIMIT * C), floats(LIMIT * C)];
      gatherRows(recorder, { counts }, { rows, channels: C, at, x, out });
      scatterRows(recorder, { counts }, { rows, channels: C, at, dout: x, dx: out });
      const three = liveRows(4, COUNT.QUERIES);
      meanRows(
        recorder,
        { counts },
        { rows: three, channels: C, starts: words([0, 4, 9, 0]), ends: words([4, 9, 30, 9]), x, out },
      );
      columnSum(recorder, { counts }, { rows, columns: C, x, sums: floats(C) });
      // Of 5 parts each there are as many as there are; of rows that are cut one holds all 37.
      const tensor = { into: 0, first: 0, length: C, stride: C, parts: 5, cut: false };
      const tensors = [tensor, { ...tensor, into: 70, cut: true }];
      const t = { rows, tensors, words: words(summedWords(tensors)), pieces: floats(5 * C), out: floats(70 + C) };
      sumParts(recorder, { counts }, { ...t, accumulate: true });
      const [state, ring] = [floats(4), floats(8)];
      sumRows(recorder, { counts }, { rows, pitch: 1, offset: 0, width: 8, column: 0, state, values: x, ring });
    },
    {
      gather_rows: { flops: 0, bytes: 4 * (N + 2 * N * C) },
      scatter_rows: { flops: N * C, bytes: 4 * (N + 3 * N * C) },
      mean_rows: { flops: (30 + 3) * C, bytes: 4 * (6 + 30 * C + 3 * C) },
      column_sum: { flops: N * C, passed: { x: 'r', sums: 'w' } },
      sum_parts: { flops: (5 + 1) * C + (1 + 1) * C, bytes: 4 * ((5 + 2) * C + (1 + 2) * C + 14), workgroups: 2 },
      sum_rows: { flops: N, bytes: 4 * (N + 1) },
    },
  );
  check(
    'rotary positions: three operations a number and the sign, of a cosine and a sine a pair',
    ({ recorder, counts, floats, words }) => {
      const t = { rows, heads: 3, headDim: 6, stride: 24, backward: false };
      rope(
        recorder,
        { counts },
        { ...t, positions: words(new Uint32Array(LIMIT)), table: floats(64 * 6), qkv: floats(LIMIT * 24) },
      );
    },
    { rope: { flops: N * 9 * 7, bytes: 4 * N * (1 + 6 + 2 * 18) } },
  );
}
