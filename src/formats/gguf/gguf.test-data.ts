import type { Architecture } from '../../config/architecture';

/** A value of a file's metadata: floats as `{f32}`, all other numbers as u32. */
export type MetadataToWrite = string | number | boolean | { f32: number } | readonly string[] | readonly number[];

export interface TensorToPack {
  name: string;
  /** ggml's number of its type. */
  type: number;
  /** Rows first. */
  shape: readonly number[];
  bytes: Uint8Array;
}

/** The metadata of an architecture. */
export function ggufShape(a: Architecture): Record<string, MetadataToWrite> {
  const of = (key: string): string => `${a.model_type}.${key}`;
  return {
    'general.architecture': a.model_type,
    [of('block_count')]: a.num_hidden_layers,
    [of('context_length')]: a.max_position_embeddings,
    [of('embedding_length')]: a.hidden_size,
    [of('feed_forward_length')]: a.intermediate_size,
    [of('attention.head_count')]: a.num_attention_heads,
    [of('attention.head_count_kv')]: a.num_key_value_heads,
    [of('attention.layer_norm_rms_epsilon')]: { f32: a.rms_norm_eps },
    [of('rope.freq_base')]: { f32: a.rope_theta },
  };
}

const ALIGN = 32;

/** Bytes of a GGUF file, as llama.cpp writes them. */
export function writeGguf(
  metadata: Readonly<Record<string, MetadataToWrite>>,
  tensors: readonly TensorToPack[],
  version = 3,
): Uint8Array {
  const out: number[] = [];
  const number = (bytes: number, set: (view: DataView) => void): void => {
    const view = new DataView(new ArrayBuffer(bytes));
    set(view);
    out.push(...new Uint8Array(view.buffer));
  };
  const u32 = (value: number): void => number(4, (view) => view.setUint32(0, value, true));
  const u64 = (value: number): void => number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  const text = (value: string): void => {
    const bytes = new TextEncoder().encode(value);
    u64(bytes.length);
    out.push(...bytes);
  };
  out.push(...new TextEncoder().encode('GGUF'));
  u32(version);
  u64(tensors.length);
  u64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    text(key);
    if (typeof value === 'string') {
      u32(8);
      text(value);
    } else if (typeof value === 'number') {
      u32(4);
      u32(value);
    } else if (typeof value === 'boolean') {
      u32(7);
      out.push(value ? 1 : 0);
    } else if ('f32' in value) {
      u32(6);
      number(4, (view) => view.setFloat32(0, value.f32, true));
    } else {
      u32(9);
      u32(typeof value[0] === 'string' ? 8 : 4);
      u64(value.length);
      for (const item of value) {
        if (typeof item === 'string') text(item);
        else u32(item);
      }
    }
  }
  let offset = 0;
  for (const { name, type, shape, bytes } of tensors) {
    text(name);
    u32(shape.length);
    for (const side of [...shape].reverse()) u64(side);
    u32(type);
    u64(offset);
    offset += Math.ceil(bytes.length / ALIGN) * ALIGN;
  }
  const start = Math.ceil(out.length / ALIGN) * ALIGN;
  const file = new Uint8Array(start + offset);
  file.set(out);
  let at = start;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += Math.ceil(bytes.length / ALIGN) * ALIGN;
  }
  return file;
}
