import { mkdirSync } from 'node:fs';
import { bfloat16ToFloat32 } from '../../lib/half';
import type { Architecture } from '../../config/architecture';
import { checkpointSettings, type WriteOptions } from '../../formats/huggingface';
import { streamedWeights, type FileContents } from '../../formats/streamed-checkpoint';
import { checkpointTensors, type CheckpointPart } from '../../tensors/layout';
import type { Elements } from '../../tensors/dtype';
import type { WeightSource } from '../../tensors/weight-source';
import { writeFolder } from './output-file';

/** Writes a model as a folder in Hugging Face layout, its weights in this many shards of about the same size. */
export async function writeShards(
  folder: string,
  { arch, weights }: { arch: Architecture; weights: WeightSource },
  { shards, dtype = 'F32', ...options }: WriteOptions & { shards: number },
): Promise<void> {
  const parts = checkpointTensors(arch);
  const all = parts.reduce((sum, { length }) => sum + length, 0);
  const groups = Array.from({ length: shards }, (): CheckpointPart[] => []);
  let before = 0;
  for (const part of parts) {
    groups[Math.min(shards - 1, Math.floor((before * shards) / all))]!.push(part);
    before += part.length;
  }
  const files = new Map<string, FileContents>(checkpointSettings(arch, { dtype, ...options }));
  const weight_map: Record<string, string> = {};
  const number = (n: number): string => String(n).padStart(5, '0');
  groups.forEach((group, i) => {
    const file = `model-${number(i + 1)}-of-${number(shards)}.safetensors`;
    for (const { name } of group) weight_map[name] = file;
    files.set(file, streamedWeights(group, weights, dtype));
  });
  files.set('model.safetensors.index.json', new TextEncoder().encode(JSON.stringify({ weight_map })));
  mkdirSync(folder, { recursive: true });
  await writeFolder(folder, files);
}

/** Made-up weights of a model of any size: about a hundredth each, the same whichever rows are read. */
export class MadeUpWeights implements WeightSource {
  private readonly columns: ReadonlyMap<string, number>;

  constructor(arch: Architecture) {
    this.columns = new Map(checkpointTensors(arch).map(({ name, shape }) => [name, shape[1] ?? 1]));
  }

  dtypeOf(): 'bf16' {
    return 'bf16';
  }

  read(name: string, row: number, rows: number): Promise<Elements> {
    const columns = this.columns.get(name)!;
    const bits = new Uint16Array(rows * columns);
    const first = row * columns;
    for (let i = 0; i < bits.length; i++) {
      const mixed = Math.imul(first + i + name.length, 0x9e3779b1);
      // A sign, and numbers from 2⁻⁸ to 2⁻⁶.
      bits[i] = ((mixed >>> 16) & 0x8000) | (0x3b80 + ((mixed >>> 20) & 0xff));
    }
    if (columns > 1) return Promise.resolve({ dtype: 'bf16', bits });
    return Promise.resolve(bfloat16ToFloat32(bits.fill(0x3f80)));
  }
}
