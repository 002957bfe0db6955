import backwardKvSource from '../../shaders/nn/attention_backward_kv.wgsl';
import backwardKvQuadsSource from '../../shaders/nn/attention_backward_kv_quads.wgsl';
import backwardQSource from '../../shaders/nn/attention_backward_q.wgsl';
import backwardQQuadsSource from '../../shaders/nn/attention_backward_q_quads.wgsl';
import forwardSource from '../../shaders/nn/attention_forward.wgsl';
import forwardQuadsSource from '../../shaders/nn/attention_forward_quads.wgsl';
import type { Gpu, Kernel, View } from '../gpu/gpu';
import { f32, type Recorder } from '../gpu/recorder';
import { usesQuads } from './quads';
import { rowWords, type KernelContext, type Rows } from './rows';

export interface AttentionShape {
  rows: Rows;
  heads: number;
  kvHeads: number;
  headDim: number;
}

/** Floats of one qkv row: q heads, k heads, v heads. */
export const qkvStride = (s: Pick<AttentionShape, 'heads' | 'kvHeads' | 'headDim'>): number =>
  (s.heads + 2 * s.kvHeads) * s.headDim;

/** Rows of one workgroup, in every shader. */
const ROWS = 32;
/**
 * The widest heads that the shaders for quads serve: they write their loops out, which for wider ones takes SwiftShader
 * most of a second to compile, and LLVM, under every other CPU adapter, many.
 */
const widestQuads = (gpu: Gpu): number => (gpu.adapter.architecture === 'swiftshader' ? 32 : 16);

/** The quads' shader where it applies, else the one through workgroup memory. */
function kernelFor(gpu: Gpu, label: string, { headDim }: AttentionShape, tiled: string, quads: string): Kernel {
  const vecs = Math.ceil(headDim / 4);
  if (usesQuads(gpu) && headDim <= widestQuads(gpu)) {
    return gpu.kernel(`${label}_quads`, quads, { HEAD_DIM: headDim, VECS: vecs });
  }
  // Two tiles of TILE × headDim floats fit the 16 KiB of workgroup memory that every adapter has.
  return gpu.kernel(label, tiled, { HEAD_DIM: headDim, ROWS, TILE: Math.min(16, Math.floor(512 / vecs)) });
}

const words = (s: AttentionShape) => [
  ...rowWords(s.rows),
  s.heads,
  s.kvHeads,
  qkvStride(s),
  f32(1 / Math.sqrt(s.headDim)),
];
const groups = (s: AttentionShape, heads: number) => [Math.ceil(s.rows.limit / ROWS), heads, 1] as const;

/** out (N, heads · D) and lse (N, heads) from qkv (N, stride), over packed sequences. */
export function attentionForward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: AttentionShape,
  t: { seqStart: View; qkv: View; out: View; lse: View },
): void {
  const kernel = kernelFor(recorder.gpu, 'attention_forward', s, forwardSource, forwardQuadsSource);
  recorder.dispatch(kernel, words(s), [counts, t.seqStart, t.qkv, t.out, t.lse], groups(s, s.heads));
}

/** dqkv (N, stride), all of it; delta (N, heads) is scratch. */
export function attentionBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: AttentionShape,
  t: { seqStart: View; seqEnd: View; qkv: View; out: View; lse: View; dout: View; delta: View; dqkv: View },
): void {
  const q = kernelFor(recorder.gpu, 'attention_backward_q', s, backwardQSource, backwardQQuadsSource);
  recorder.dispatch(
    q,
    words(s),
    [counts, t.seqStart, t.qkv, t.out, t.lse, t.dout, t.delta, t.dqkv],
    groups(s, s.heads),
  );
  const kv = kernelFor(recorder.gpu, 'attention_backward_kv', s, backwardKvSource, backwardKvQuadsSource);
  recorder.dispatch(kv, words(s), [counts, t.seqEnd, t.qkv, t.lse, t.delta, t.dout, t.dqkv], groups(s, s.kvHeads));
}
