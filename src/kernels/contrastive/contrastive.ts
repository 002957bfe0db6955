import distilShader from '../../../shaders/loss/distil.wgsl';
import infonceShader from '../../../shaders/loss/infonce.wgsl';
import tripletShader from '../../../shaders/loss/triplet.wgsl';
import type { View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { type KernelContext, type Rows } from '../rows';

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
  const { weight, positive, scores, dscores, losses } = t;
  recorder.call(infonceShader, {
    uniforms: { rows: s.queries, columns: s.documents, pitch: s.pitch, inverse_temperature: 1 / t.temperature, weight },
    bindings: { counts, positive, scores, dscores, losses },
    groups: [s.queries.limit, 1, 1],
    work: ({ live }) => {
      const [rows, columns] = [live(s.queries), live(s.documents)];
      return { flops: 12 * rows * columns, bytes: 4 * rows * (2 * columns + 2) };
    },
  });
}

/** dscores (B, pitch) += weight · d mean triplet / dscores; losses (B) sum to the unweighted mean. */
export function triplet(
  recorder: Recorder,
  { counts }: KernelContext,
  s: ScoreShape,
  t: { margin: number; weight: number; positive: View; negative: View; scores: View; dscores: View; losses: View },
): void {
  const { margin, weight, positive, negative, scores, dscores, losses } = t;
  recorder.call(tripletShader, {
    uniforms: { rows: s.queries, pitch: s.pitch, margin, weight },
    bindings: { counts, positive, negative, scores, dscores, losses },
    groups: [Math.ceil(s.queries.limit / 64), 1, 1],
    // Two scores and two of their gradients a query, whose addition both read and write.
    work: ({ live }) => ({ flops: 7 * live(s.queries), bytes: 4 * 9 * live(s.queries) }),
  });
}

/**
 * dscores (B, pitch) += weight · d mean KL(teacher ‖ model) / dscores, of softmaxes over the documents; losses (B) sum to the
 * unweighted mean. `teacher` (B, pitch) holds the teacher's own scores.
 */
export function distil(
  recorder: Recorder,
  { counts }: KernelContext,
  s: ScoreShape,
  t: {
    temperature: number;
    teacherTemperature: number;
    weight: number;
    teacher: View;
    scores: View;
    dscores: View;
    losses: View;
  },
): void {
  const { temperature, teacherTemperature, weight, teacher, scores, dscores, losses } = t;
  recorder.call(distilShader, {
    uniforms: {
      rows: s.queries,
      columns: s.documents,
      pitch: s.pitch,
      inverse_temperature: 1 / temperature,
      inverse_teacher_temperature: 1 / teacherTemperature,
      weight,
    },
    bindings: { counts, teacher, scores, dscores, losses },
    groups: [s.queries.limit, 1, 1],
    work: ({ live }) => {
      const [rows, columns] = [live(s.queries), live(s.documents)];
      return { flops: 30 * rows * columns, bytes: 4 * rows * (4 * columns + 1) };
    },
  });
}
