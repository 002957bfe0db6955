import { encoded } from '../tensors/dtype';
import type { CheckpointPart } from '../tensors/layout';
import type { WeightSource } from '../tensors/weight-source';
import { safetensorsHead, type FloatDtype } from './safetensors';

/** A file whose bytes come a piece at a time. */
export interface StreamedFile {
  bytes: number;
  pieces: () => AsyncIterable<Uint8Array>;
}

/** Elements that are in memory at once, as floats and as written. */
const SLICE = 2 ** 22;

/** A file of weights of a model that lies elsewhere, read and written a few rows at a time: the bytes of `writeSafetensors`. */
export function streamedWeights(
  parts: readonly CheckpointPart[],
  weights: WeightSource,
  dtype: FloatDtype,
): StreamedFile {
  const stored = ({ F32: 'f32', F16: 'f16', BF16: 'bf16' } as const)[dtype];
  const tensors = parts.map(({ name, shape, length }) => ({ name, shape, length, dtype }));
  const { head, ordered, bytes } = safetensorsHead(tensors, { format: 'pt' });
  return {
    bytes,
    pieces: async function* () {
      yield head;
      for (const { name, shape, length } of ordered) {
        const rows = shape[0]!;
        const most = Math.max(1, Math.floor((SLICE * rows) / length));
        for (let row = 0; row < rows; row += most) {
          const values = encoded(await weights.read(name, row, Math.min(most, rows - row)), stored);
          yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        }
      }
    },
  };
}
