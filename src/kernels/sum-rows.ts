import source from '../../shaders/loss/sum_rows.wgsl';
import type { View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import { rowWords, type KernelContext, type Rows } from './rows';

/** A number of the step's record: ring[slot, column] = Σ values[row · pitch + offset] over the live rows. */
export function sumRows(
  recorder: Recorder,
  { counts }: KernelContext,
  t: {
    rows: Rows;
    pitch: number;
    offset: number;
    width: number;
    column: number;
    state: View;
    values: View;
    ring: View;
  },
): void {
  const kernel = recorder.gpu.kernel('sum_rows', source);
  recorder.dispatch(
    kernel,
    [...rowWords(t.rows), t.pitch, t.offset, t.width, t.column],
    [counts, t.state, t.values, t.ring],
    [1, 1, 1],
  );
}
