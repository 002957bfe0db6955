import { encoded } from '../tensors/dtype';
import { checkpointTensors, type CheckpointPart } from '../tensors/layout';
import type { WeightSource } from '../tensors/weight-source';
import { checkpointSettings } from './huggingface';
import type { OpenedModel } from './opened-model';
import { safetensorsHead, type FloatDtype } from './safetensors';

/** A file whose bytes come a piece at a time. */
export interface StreamedFile {
  bytes: number;
  pieces: () => AsyncIterable<Uint8Array>;
}

/** The contents of a file to be written. */
export type FileContents = Uint8Array | StreamedFile;

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

/** Reads all of a file into memory. */
export async function wholeBytes(contents: FileContents): Promise<Uint8Array> {
  if (contents instanceof Uint8Array) return contents;
  const bytes = new Uint8Array(contents.bytes);
  let at = 0;
  for await (const piece of contents.pieces()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** An opened model as the files of a folder that `transformers` loads, by name: template and generation settings with it. */
export function openedFiles(
  { arch, weights, tokenizer, eosTokenIds, chatTemplate, generation }: OpenedModel,
  dtype: FloatDtype,
): Map<string, FileContents> {
  const settings = checkpointSettings(arch, { dtype, tokenizer, ids: { eos_token_id: eosTokenIds[0] } });
  const files = new Map<string, FileContents>(settings);
  files.set('model.safetensors', streamedWeights(checkpointTensors(arch), weights, dtype));
  const text = new TextEncoder();
  if (chatTemplate !== null) files.set('chat_template.jinja', text.encode(chatTemplate));
  if (generation !== null) files.set('generation_config.json', text.encode(`${JSON.stringify(generation, null, 2)}\n`));
  else if (eosTokenIds.length > 0) {
    files.set('generation_config.json', text.encode(`${JSON.stringify({ eos_token_id: eosTokenIds }, null, 2)}\n`));
  }
  return files;
}
