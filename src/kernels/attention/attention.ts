import backwardKvShader from '../../../shaders/nn/attention_backward_kv.wgsl';
import backwardKvQuadsShader from '../../../shaders/nn/attention_backward_kv_quads.wgsl';
import backwardQShader from '../../../shaders/nn/attention_backward_q.wgsl';
import backwardQQuadsShader from '../../../shaders/nn/attention_backward_q_quads.wgsl';
import forwardShader from '../../../shaders/nn/attention_forward.wgsl';
import forwardQuadsShader from '../../../shaders/nn/attention_forward_quads.wgsl';
import type { Filled, Work } from '../../gpu/call';
import type { Gpu, View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import type { Shader } from '../../gpu/shader';
import { usesQuads } from '../matmul/quads';
import { type KernelContext, type Rows } from '../rows';

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

/** The uniforms of every shader of attention. */
export const headUniforms = (s: AttentionShape) => ({
  rows: s.rows,
  heads: s.heads,
  kv_heads: s.kvHeads,
  stride: qkvStride(s),
  scale: 1 / Math.sqrt(s.headDim),
});
type HeadUniforms = ReturnType<typeof headUniforms>;

/**
 * The widest head for the quads' shader in attention both ways, as encoders have it, where there is no backward pass
 * and no recorded bits depend on it: on LLVM it is three times as fast, and compiles as soon.
 */
const WIDEST_BOTH_WAYS = 32;

/** Whether the quads' shader is used, else the one through workgroup memory; both take the same bindings. */
const takesQuads = ({ gpu }: Recorder, { headDim }: AttentionShape, widest = widestQuads(gpu)): boolean =>
  usesQuads(gpu) && headDim <= widest;
const quadConstants = ({ headDim }: AttentionShape) => ({ HEAD_DIM: headDim, VECS: Math.ceil(headDim / 4) });
/** Two tiles of TILE × headDim floats fit the 16 KiB of workgroup memory that every adapter has. */
const tileConstants = ({ headDim }: AttentionShape) => ({
  HEAD_DIM: headDim,
  ROWS,
  TILE: Math.min(16, Math.floor(512 / Math.ceil(headDim / 4))),
});
const groupsOf = (s: AttentionShape, heads: number) => [Math.ceil(s.rows.limit / ROWS), heads, 1] as const;

/** Rows and what they attend, in all: up to themselves, or to their sequences' ends. */
function pairsOf(rows: number, starts: Uint32Array, ends: Uint32Array | null = null): number {
  let pairs = 0;
  for (let row = 0; row < rows; row++) pairs += (ends?.[row] ?? row + 1) - starts[row]!;
  return pairs;
}

/** Calls the shader that applies. */
function attend<Bindings extends string>(
  recorder: Recorder,
  s: AttentionShape,
  heads: number,
  tiled: Shader<HeadUniforms, Bindings, 'HEAD_DIM' | 'ROWS' | 'TILE'>,
  quads: Shader<HeadUniforms, Bindings, 'HEAD_DIM' | 'VECS'>,
  bindings: Readonly<Record<NoInfer<Bindings>, View>>,
  work: (filled: Filled) => Work,
): void {
  const call = { uniforms: headUniforms(s), bindings, groups: groupsOf(s, heads), work };
  if (takesQuads(recorder, s)) recorder.call(quads, { ...call, constants: quadConstants(s) });
  else recorder.call(tiled, { ...call, constants: tileConstants(s) });
}

/**
 * out (N, heads · D) and lse (N, heads) from qkv (N, stride), over packed sequences.
 * @param t.causal whether a row attends what stands before it alone, as where words are written; absent: it does. Else it
 *   attends all of its sequence, as an encoder's.
 */
export function attentionForward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: AttentionShape,
  t: { seqStart: View; seqEnd: View; qkv: View; out: View; lse: View; causal?: boolean },
): void {
  const { seqStart: seq_start, seqEnd: seq_end, qkv, out, lse } = t;
  const bindings = { counts, seq_start, seq_end, qkv, out, lse };
  const CAUSAL = (t.causal ?? true) ? 1 : 0;
  const work = ({ live, integers }: Filled): Work => {
    const rows = live(s.rows);
    const pairs = s.heads * pairsOf(rows, integers('seq_start'), CAUSAL ? null : integers('seq_end'));
    const width = s.heads * s.headDim;
    return {
      flops: pairs * (5 * s.headDim + 8) + rows * 2 * width,
      bytes: 4 * rows * (qkvStride(s) + width + s.heads + 2),
    };
  };
  const call = { uniforms: headUniforms(s), bindings, groups: groupsOf(s, s.heads), work };
  if (takesQuads(recorder, s, CAUSAL ? undefined : WIDEST_BOTH_WAYS)) {
    recorder.call(forwardQuadsShader, { ...call, constants: { ...quadConstants(s), CAUSAL } });
  } else recorder.call(forwardShader, { ...call, constants: { ...tileConstants(s), CAUSAL } });
}

/** dqkv (N, stride), all of it; delta (N, heads) is scratch. */
export function attentionBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: AttentionShape,
  t: { seqStart: View; seqEnd: View; qkv: View; out: View; lse: View; dout: View; delta: View; dqkv: View },
): void {
  const { seqStart: seq_start, seqEnd: seq_end, qkv, out, lse, dout, delta, dqkv } = t;
  const q = { counts, seq_start, qkv, out, lse, dout, delta, dqkv };
  const width = s.heads * s.headDim;
  attend(recorder, s, s.heads, backwardQShader, backwardQQuadsShader, q, ({ live, integers }) => {
    const rows = live(s.rows);
    return {
      flops: s.heads * pairsOf(rows, integers('seq_start')) * (6 * s.headDim + 5) + rows * 3 * width,
      bytes: 4 * rows * (qkvStride(s) + 3 * width + 2 * s.heads + 1),
    };
  });
  const kv = { counts, seq_end, qkv, lse, delta, dout, dqkv };
  attend(recorder, s, s.kvHeads, backwardKvShader, backwardKvQuadsShader, kv, ({ live, integers }) => {
    const rows = live(s.rows);
    const ends = integers('seq_end');
    // A key is attended by the rows from its own to its sequence's end.
    let pairs = 0;
    for (let row = 0; row < rows; row++) pairs += ends[row]! - row;
    return {
      flops: s.heads * pairs * (8 * s.headDim + 4) + rows * width,
      bytes: 4 * rows * (qkvStride(s) + width + 2 * s.heads + 2 * s.kvHeads * s.headDim + 1),
    };
  });
}
