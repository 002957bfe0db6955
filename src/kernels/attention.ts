import backwardKvSource from '../../shaders/nn/attention_backward_kv.wgsl';
import backwardQSource from '../../shaders/nn/attention_backward_q.wgsl';
import forwardSource from '../../shaders/nn/attention_forward.wgsl';
import type { View } from '../gpu/gpu';
import { f32, type Recorder } from '../gpu/recorder';
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

const ROWS = 32;

/** Two tiles of TILE × headDim floats fit the 16 KiB of workgroup memory that every adapter has. */
function constants(s: AttentionShape): { HEAD_DIM: number; ROWS: number; TILE: number } {
  const channels = Math.ceil(s.headDim / 4) * 4;
  return { HEAD_DIM: s.headDim, ROWS, TILE: Math.min(16, Math.floor(2048 / channels)) };
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
  const kernel = recorder.gpu.kernel('attention_forward', forwardSource, constants(s));
  recorder.dispatch(kernel, words(s), [counts, t.seqStart, t.qkv, t.out, t.lse], groups(s, s.heads));
}

/** dqkv (N, stride), all of it; delta (N, heads) is scratch. */
export function attentionBackward(
  recorder: Recorder,
  { counts }: KernelContext,
  s: AttentionShape,
  t: { seqStart: View; seqEnd: View; qkv: View; out: View; lse: View; dout: View; delta: View; dqkv: View },
): void {
  const q = recorder.gpu.kernel('attention_backward_q', backwardQSource, constants(s));
  recorder.dispatch(
    q,
    words(s),
    [counts, t.seqStart, t.qkv, t.out, t.lse, t.dout, t.delta, t.dqkv],
    groups(s, s.heads),
  );
  const kv = recorder.gpu.kernel('attention_backward_kv', backwardKvSource, constants(s));
  recorder.dispatch(kv, words(s), [counts, t.seqEnd, t.qkv, t.lse, t.delta, t.dout, t.dqkv], groups(s, s.kvHeads));
}
