import type { LoraSettings } from '../config/lora';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from './peft';
import { writeSafetensors } from './safetensors';

/** The base that an adapter's files name, for programs that load it. */
export interface PeftBase {
  /** A hub's id or a folder; `peft` loads the base from there. */
  name: string;
  /** A hub's commit; null where there is none. */
  revision: string | null;
}

/** The base of a session by where it came from: a hub's address of an owner's model at a commit is what `peft` can fetch. */
export function peftBase({ name, from, sha256 }: { name: string; from: string; sha256: string }): PeftBase {
  const [, id, revision = null] = /^https?:\/\/[^/\s]+\/([^/\s]+\/[^/\s]+)\/tree\/([0-9a-f]{7,64})$/.exec(from) ?? [];
  return id === undefined ? { name: name || sha256, revision: null } : { name: id, revision };
}

/**
 * An adapter as the two files of PEFT's layout.
 * @param tensors by PEFT's names, with their shapes.
 * @param base what the adapter says it is of.
 */
export function peftFiles(
  { rank, alpha, rslora, targets, embedToken }: LoraSettings,
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  base: PeftBase,
): Map<string, Uint8Array> {
  const config = {
    base_model_name_or_path: base.name,
    revision: base.revision,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: 'LORA',
    r: rank,
    target_modules: [...targets],
    task_type: 'CAUSAL_LM',
    trainable_token_indices: embedToken === null ? null : { embed_tokens: [embedToken] },
    use_dora: false,
    use_rslora: rslora,
  };
  return new Map([
    [ADAPTER_CONFIG, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
    [ADAPTER_WEIGHTS, writeSafetensors(tensors, { format: 'pt' })],
  ]);
}
