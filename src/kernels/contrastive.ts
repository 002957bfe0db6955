import infonceSource from '../../shaders/loss/infonce.wgsl';
import tripletSource from '../../shaders/loss/triplet.wgsl';
import type { View } from '../gpu/gpu';
import { f32, type Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** The cosines of a batch: scores (B, pitch), of which the first K columns are live. */
export interface ScoreShape {
  queries: Rows;
  documents: Rows;
  pitch: number;
}

/** dscores (B, pitch) = weight · d mean InfoNCE / dscores; losses (B) sum to the unweighted mean. */
export function infonce(
  recorder: Recorder,
  { counts }: KernelContext,
  s: ScoreShape,
  t: { temperature: number; weight: number; positive: View; scores: View; dscores: View; losses: View },
): void {
  const kernel = recorder.gpu.kernel('infonce', infonceSource);
  recorder.dispatch(
    kernel,
    [...rowWords(s.queries), ...rowWords(s.documents), s.pitch, f32(1 / t.temperature), f32(t.weight)],
    [counts, t.positive, t.scores, t.dscores, t.losses],
    [s.queries.limit, 1, 1],
  );
}

/** dscores (B, pitch) += weight · d mean triplet / dscores; losses (B) sum to the unweighted mean. */
export function triplet(
  recorder: Recorder,
  { counts }: KernelContext,
  s: ScoreShape,
  t: { margin: number; weight: number; positive: View; negative: View; scores: View; dscores: View; losses: View },
): void {
  const kernel = recorder.gpu.kernel('triplet', tripletSource);
  recorder.dispatch(
    kernel,
    [...rowWords(s.queries), s.pitch, f32(t.margin), f32(t.weight)],
    [counts, t.positive, t.negative, t.scores, t.dscores, t.losses],
    [Math.ceil(s.queries.limit / 64), 1, 1],
  );
}
