import { adamw, globalNorm } from './adamw/adamw';
import { scaleGradient, unscale } from './loss-scale/loss-scale';
import { attentionBackward, attentionForward } from './attention/attention';
import { attentionDecode, cacheAppend, captureRows, nextRows, SAMPLING_WORDS, sampleToken } from './decode/decode';
import { embeddingBackward, embeddingForward, indexTokens } from './embedding/embedding';
import { FiniteWatch } from './finite/finite';
import { linearBackward } from './linear/linear-backward';
import { linearSwiglu } from './linear/linear-swiglu';
import { matmul, type MatmulVariant } from './matmul/matmul';
import { COUNT, countWords, fixedRows, liveRows } from './rows';
import { nearestDocuments, nearestSizes } from './search/nearest';
import { rankOf, topK } from './search/search';
import { inFloats } from './weights/in-floats';
import { C, check, LIMIT, N, rows, V } from './work.test-data';

/** Sequences of a batch, in rows. */
const SEQUENCES = [5, 1, 17, 14];

/** Rows and what they attend, counted one by one. */
function pairs(causal: boolean): number {
  let count = 0;
  for (const length of SEQUENCES) {
    for (let query = 0; query < length; query++) {
      for (let key = 0; key < length; key++) if (!causal || key <= query) count++;
    }
  }
  return count;
}

const ranges = () => {
  const starts: number[] = [];
  const ends: number[] = [];
  for (const length of SEQUENCES) {
    const start = starts.length;
    for (let i = 0; i < length; i++) {
      starts.push(start);
      ends.push(start + length);
    }
  }
  const padding = Array.from({ length: LIMIT - N }, () => 0);
  return { seqStart: [...starts, ...padding], seqEnd: [...ends, ...padding] };
};

/** Expected work of the products, and of kernels whose work depends on the contents of the batch. */
export function batchCases(): void {
  const ids = Array.from({ length: N }, (_, i) => (i * i) % 11);
  const index = indexTokens(Uint32Array.from(ids));
  check(
    'the embedding, of all tokens and of those that a block holds',
    ({ recorder, counts, floats, words }) => {
      const t = { rows, channels: C, ids: words([...ids, ...new Uint32Array(LIMIT - N)]) };
      embeddingForward(recorder, { counts }, { ...t, table: floats(11 * C), out: floats(LIMIT * C) });
      const block = { row: 3, rows: 2 };
      embeddingForward(
        recorder,
        { counts },
        { ...t, table: floats(2 * C), dtype: 'f16', block, out: floats(LIMIT * C) },
      );
      const distinct = liveRows(LIMIT, COUNT.STATIC);
      const size = { ...distinct, limit: index.distinct.length };
      const lists = { distinct: words(index.distinct), offsets: words(index.offsets), order: words(index.order) };
      embeddingBackward(
        recorder,
        { counts },
        { rows: size, channels: C, ...lists, dout: floats(N * C), dtable: floats(11 * C) },
      );
    },
    {
      embedding_forward: { flops: 0, passed: { ids: 'r', out: 'w' }, bytes: 4 * (N + N * C + N * C) },
      'embedding_forward of a block': {
        flops: 0,
        bytes: 4 * N + ids.filter((id) => id === 3 || id === 4).length * C * (4 + 2),
      },
      embedding_backward: {
        flops: (N + new Set(ids).size) * C,
        bytes: 4 * (N * C + 2 * new Set(ids).size * C + N + 2 * new Set(ids).size),
      },
    },
  );

  const width = { heads: 4, kvHeads: 2, headDim: 6 };
  const stride = (4 + 2 + 2) * 6;
  check(
    'attention: the pairs that attend each other, counted one by one',
    ({ recorder, counts, floats, words }) => {
      const { seqStart, seqEnd } = ranges();
      const t = { seqStart: words(seqStart), seqEnd: words(seqEnd), qkv: floats(LIMIT * stride) };
      const [out, lse, delta] = [floats(LIMIT * 24), floats(LIMIT * 4), floats(LIMIT * 4)];
      attentionForward(recorder, { counts }, { rows, ...width }, { ...t, out, lse });
      attentionForward(recorder, { counts }, { rows, ...width }, { ...t, out, lse, causal: false });
      const gradients = { dout: floats(LIMIT * 24), delta, dqkv: floats(LIMIT * stride) };
      attentionBackward(recorder, { counts }, { rows, ...width }, { ...t, out, lse, ...gradients });
    },
    {
      // A pair: its score 12, the softmax 8, the sum 18; a row: its query scaled and its sum divided.
      attention_forward: { flops: 4 * (pairs(true) * (12 + 8 + 18) + N * 12), bytes: 4 * N * (stride + 24 + 4 + 2) },
      'attention_forward both ways': { flops: 4 * (pairs(false) * 38 + N * 12), bytes: 4 * N * (stride + 24 + 4 + 2) },
      // A pair: score, product with the gradient, what goes to q: 12 each, and 5.
      attention_backward_q: { flops: 4 * (pairs(true) * 41 + N * 18), bytes: 4 * N * (stride + 24 * 3 + 4 * 2 + 1) },
      attention_backward_kv: { flops: 4 * (pairs(true) * 52 + N * 6), bytes: 4 * N * (stride + 24 + 24 + 4 * 2 + 1) },
    },
  );
  const variants: MatmulVariant[] = ['tiled64', 'tiled32', 'tiled16', 'registers', 'quads', 'rows'];
  for (const variant of variants) {
    const kernel = `matmul_${variant.replace(/\d+$/, '')}`;
    const product = { flops: 2 * N * C * V };
    check(
      `the product, ${variant}: dense, then with a residual and added to C`,
      ({ recorder, counts, floats }) => {
        const o = { rows, inner: fixedRows(C), columns: V, c: floats(LIMIT * V), cStride: V };
        const [a, b] = [
          { view: floats(LIMIT * C), stride: C },
          { view: floats(C * V), stride: V },
        ];
        matmul(recorder, { counts }, { ...o, a, b, bias: floats(V) }, variant);
        matmul(recorder, { counts }, { ...o, a, b, residual: floats(LIMIT * V), accumulate: true, scale: 2 }, variant);
      },
      {
        [kernel]: { flops: product.flops + N * V, bytes: 4 * (N * C + C * V + V + N * V) },
        [`${kernel} and more`]: { flops: product.flops + 3 * N * V, bytes: 4 * (N * C + C * V + 3 * N * V) },
      },
    );
  }
  check(
    'a weight gradient sums over the live rows; workgroups are those of the weight',
    ({ recorder, counts, floats }) => {
      const o = { rows: fixedRows(65), inner: rows, columns: V, c: floats(65 * V), cStride: V };
      const a = { view: floats(LIMIT * 65), stride: 65, transposed: true };
      matmul(recorder, { counts }, { ...o, a, b: { view: floats(LIMIT * V), stride: V } }, 'tiled64');
    },
    { matmul_tiled: { flops: 2 * 65 * N * V, bytes: 4 * (65 * N + N * V + 65 * V), workgroups: 2 } },
  );
  check(
    'a weight gradient in parts writes each that holds something',
    ({ recorder, floats, words }) => {
      const many = liveRows(300, COUNT.TARGETS);
      const o = { rows: fixedRows(65), inner: many, columns: V, c: floats(8 * 65 * V), cStride: V, parts: 8 };
      const a = { view: floats(300 * 65), stride: 65, transposed: true };
      const own = words(countWords({ TARGETS: 150 }));
      matmul(recorder, { counts: own }, { ...o, a, b: { view: floats(300 * V), stride: V } }, 'tiled64');
    },
    { matmul_tiled: { flops: 2 * 65 * 150 * V, bytes: 4 * (65 * 150 + 150 * V + 3 * 65 * V), workgroups: 2 * 3 } },
  );
  check(
    'both gradients of a linear layer at once: of the input, and of the weight, whole or in parts',
    ({ recorder, floats, words }) => {
      const many = liveRows(300, COUNT.TARGETS);
      const shape = { rows: many, inputs: V, outputs: 65 };
      const own = words(countWords({ TARGETS: 150 }));
      const views = { x: floats(300 * V), dy: floats(300 * 65), weight: floats(65 * V), dx: floats(300 * V) };
      const dweight = floats(8 * 65 * V);
      linearBackward(recorder, { counts: own }, shape, { ...views, dweight, accumulate: true }, 'tiled64');
      linearBackward(recorder, { counts: own }, shape, { ...views, dweight, parts: 8 }, 'tiled64');
      const swiglu = { gateUp: floats(300 * 2 * V), dgateUp: floats(300 * 2 * V) };
      linearBackward(recorder, { counts: own }, shape, { ...views, dweight, swiglu }, 'tiled64');
    },
    {
      matmul_backward: {
        flops: 2 * (2 * 65 * 150 * V) + 65 * V,
        bytes: 4 * (150 * (65 + 2 * V) + 3 * 65 * V),
        workgroups: 3 + 2,
      },
      'matmul_backward in parts': {
        flops: 2 * (2 * 65 * 150 * V),
        bytes: 4 * (150 * (65 + 2 * V) + (1 + 3) * 65 * V),
        workgroups: 3 + 2 * 3,
      },
      'matmul_backward through a SwiGLU': {
        flops: 2 * (2 * 65 * 150 * V) + 12 * 150 * V,
        bytes: 4 * (150 * (65 + V + 2 * 2 * V) + 2 * 65 * V),
        workgroups: 3 + 2,
      },
    },
  );
  check(
    'two projections and their SwiGLU at once',
    ({ recorder, counts, floats }) => {
      const t = { x: floats(LIMIT * C), weight: floats(2 * V * C), dtype: 'f32' as const, scratch: null };
      const to = { gateUp: floats(LIMIT * 2 * V), out: floats(LIMIT * V) };
      linearSwiglu(recorder, { counts }, { rows, inputs: C, features: V }, { ...t, ...to }, 'paired16');
    },
    {
      matmul_swiglu: {
        flops: 2 * N * C * 2 * V + 5 * N * V,
        passed: { x: 'r', weight: 'r', gate_up: 'w', out: 'w' },
        workgroups: 2 * 3,
      },
    },
  );
  check(
    'clipping and AdamW',
    ({ recorder, floats }) => {
      const [gradients, sums, clip, state] = [floats(5000), floats(2), floats(4), floats(4)];
      globalNorm(recorder, {
        gradients: [gradients],
        maxNorm: 1,
        sums,
        clip,
        state,
        ring: floats(8),
        width: 8,
        column: 0,
      });
      const settings = { beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxNorm: 1 };
      const moments = { weights: floats(5000), first: floats(5000), second: floats(5000) };
      adamw(recorder, settings, { state, clip, gradients, ...moments });
    },
    {
      squared_norm: { flops: 2 * 5000, passed: { gradients: 'r', sums: 'w' } },
      clip_scale: { flops: 2, passed: { sums: 'r' } },
      // The gradient 1, the moments 3 and 4, the step 5, the weight 5.
      adamw: { flops: 18 * 5000, passed: { gradients: 'r', weights: 'rw', first: 'rw', second: 'rw' } },
    },
  );
  check(
    'a dynamic loss scale',
    ({ recorder, counts, floats }) => {
      const [scale, clip, state, ring] = [floats(3), floats(1), floats(4), floats(8)];
      scaleGradient(recorder, { counts }, { rows, columns: C, scale, gradient: floats(LIMIT * C) });
      unscale(recorder, { state, scale, clip, ring, width: 8, normColumn: 0, scaleColumn: 1, maxNorm: 1 });
    },
    {
      scale_gradient: { flops: N * C, passed: { gradient: 'rw' } },
      // The scale and the good steps, read; the good steps, written; the norm, both; the clip; two columns.
      unscale: { flops: 5, bytes: 4 * (2 + 1 + 2 + 1 + 2) },
    },
  );
  check(
    'search',
    ({ recorder, counts, floats, words }) => {
      const scores = floats(LIMIT * 31);
      rankOf(
        recorder,
        { counts },
        { rows, columns: 31, pitch: 31, wanted: words(new Uint32Array(LIMIT)), scores, ranks: floats(LIMIT) },
      );
      const t = { rows, columns: 31, pitch: 31, k: 5, scores, ids: floats(LIMIT * 5), values: floats(LIMIT * 5) };
      topK(recorder, { counts }, t, 'workgroup');
      topK(recorder, { counts }, t, 'rows');
    },
    {
      rank: { flops: N * 31, passed: { wanted: 'r', scores: 'r', ranks: 'w' } },
      top_k: { flops: 2 * N * 31 * 5, passed: { scores: 'r', ids: 'w', values: 'w' } },
      top_k_rows: { flops: N * 31, passed: { scores: 'r', ids: 'w', values: 'w' } },
    },
  );
  for (const [variant, block] of [
    ['quads', 8],
    ['tiled16', 16],
  ] as const) {
    const count = Math.ceil(31 / block);
    check(
      `the 5 nearest of 31 documents, ${variant}: the blocks with the largest cosines, then theirs alone`,
      ({ gpu, recorder, counts, floats }) => {
        const shape = { rows, columns: 31, dimension: C, k: 5 };
        const { best, blocks, scores } = nearestSizes(gpu, shape, variant);
        const views = {
          queries: floats(LIMIT * C),
          documents: floats(31 * C),
          best: floats(best),
          blocks: floats(blocks),
          maxima: floats(blocks),
          scores: floats(scores),
          ids: floats(LIMIT * 5),
          values: floats(LIMIT * 5),
        };
        nearestDocuments(recorder, { counts }, shape, views, variant);
      },
      {
        [variant === 'quads' ? 'nearest_blocks_quads' : 'nearest_blocks_tiled']: {
          // The largest of a block is one comparison a document.
          flops: N * 31 * (2 * C + 1),
          passed: { queries: 'r', documents: 'r', best: 'w' },
        },
        'top_k of blocks': {
          flops: 2 * N * count * count,
          passed: { scores: 'r', ids: 'w', values: 'w' },
        },
        nearest_candidates: {
          flops: N * count * block * 2 * C,
          bytes: 4 * N * (count * block * (C + 1) + C + count),
        },
        top_k: { flops: 2 * N * count * block * 5, passed: { scores: 'r', ids: 'w', values: 'w' } },
      },
    );
  }
  check(
    'writing: attention over a prompt of 7 that two rows share, one of 3, and 4 tokens of their own',
    ({ recorder, counts, floats, words }) => {
      const state = words([4, ...new Uint32Array(SAMPLING_WORDS - 1)]);
      const info = words([0, 6, 0, 0, 0, 6, 1, 0, 0, 2, 2, 0, ...new Uint32Array(8)]);
      const d = { counts, rows: liveRows(5, COUNT.QUERIES), state, info };
      const prompts = words([0, 7, 0, 7, 7, 3, 0, 0, 0, 0]);
      const [qkv, cache] = [floats(5 * stride), floats(5 * 9 * 24)];
      attentionDecode(recorder, d, width, {
        pitch: 9,
        prompts,
        qkv,
        promptQkv: floats(10 * stride),
        cache,
        out: floats(5 * 24),
      });
      cacheAppend(recorder, d, width, { pitch: 9, qkv, cache });
      captureRows(recorder, d, { channels: C, hidden: floats(5 * C), captured: floats(5 * C), emitted: floats(5) });
      const out = { outIds: floats(45), outLogprobs: floats(45), outEntropies: floats(45), lengths: floats(5) };
      const t = { vocabulary: V, pitch: 9, logits: floats(5 * V), ...out };
      sampleToken(recorder, d, { ...t, cuts: true }, 'workgroup');
      sampleToken(recorder, d, { ...t, cuts: false }, 'rows');
      nextRows(recorder, d, { next: floats(20), ids: floats(5), positions: floats(5) });
    },
    {
      attention_decode: {
        flops: 4 * ((7 + 7 + 3 + 3 * 4) * 38 + 3 * 12),
        bytes: 4 * (3 * (24 + 24) + (7 + 3 + 3 * 4) * 24 + 3 * (4 + 2)),
      },
      cache_append: { flops: 0, bytes: 4 * 3 * (24 + 24 + 4) },
      capture_rows: { flops: 0, bytes: 4 * 3 * 4 },
      // The largest 1, the sum 4, the entropy 5, the mass of each run 4.
      sample_token: { flops: 3 * V * 14, bytes: 4 * 3 * (V + 4 + 4 + 4) },
      sample_token_rows: { flops: 3 * V * 14, bytes: 4 * 3 * (V + 4 + 4 + 4) },
      next_rows: { flops: 0, bytes: 4 * 3 * (4 + 4 + 2) },
    },
  );
  check(
    'packed weights as floats, and looking for what is not finite',
    ({ gpu, recorder, counts, floats }) => {
      const weight = gpu.buffer('packed', 3 * 34);
      const part = { weight, dtype: 'q8_0', block: { row: 0, rows: 3 } } as const;
      inFloats(recorder, { counts }, { rows, part, columns: 32, scratch: floats(96) }, () => undefined);
      new FiniteWatch(gpu).wrote(recorder, 'x', 'y', floats(99));
    },
    {
      unpack_weights: { flops: 2 * 96, bytes: 3 * 34 + 4 * 96 },
      not_finite: { flops: 0, passed: { values: 'r' } },
    },
  );
}
