import type { Architecture } from '../config/architecture';
import { InputError } from '../lib/errors';
import { tensorLayout } from '../tensors/layout';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from './peft';
import type { Lora } from './peft-lora';
import { writeSafetensors } from './safetensors';

/** Which model an adapter is of, for whoever loads it. */
export interface PeftBase {
  /** A hub's id or a folder; `peft` loads the base from there. */
  name: string;
  /** A hub's commit; null where there is none. */
  revision: string | null;
}

/** The base of a session by where it came from: `hub:owner/name@commit` is what `peft` can fetch. */
export function peftBase({ name, from }: { name: string; from: string }): PeftBase {
  const [, id, revision = null] = /^hub:([^@\s]+)(?:@(\S+))?$/.exec(from) ?? [];
  return id === undefined ? { name, revision: null } : { name: id, revision };
}

/**
 * The two files of an adapter in PEFT's layout, under PEFT's names; deterministic.
 * @throws InputError for a missing or misshapen tensor.
 */
export function writePeft({ settings, tensors }: Lora, arch: Architecture, base: PeftBase): Map<string, Uint8Array> {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array; dtype: 'F32' }>();
  for (const { group, parts } of tensorLayout(arch, { adapter: settings })) {
    if (group === 'frozen') continue;
    for (const { name, shape, length } of parts) {
      const data = tensors.get(name);
      if (data?.length !== length) {
        throw new InputError(
          `the adapter's ${name} has ${data?.length ?? 'no'} numbers, expected ${length} for this ${arch.model_type}`,
        );
      }
      weights.set(name, { shape, data, dtype: 'F32' });
    }
  }
  const { rank, alpha, rslora, targets, embedToken } = settings;
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base.name,
    revision: base.revision,
    r: rank,
    lora_alpha: alpha,
    use_rslora: rslora,
    target_modules: [...targets],
    trainable_token_indices: embedToken === null ? null : { embed_tokens: [embedToken] },
    lora_dropout: 0,
    bias: 'none',
    use_dora: false,
    fan_in_fan_out: false,
    init_lora_weights: true,
    inference_mode: true,
    modules_to_save: null,
    rank_pattern: {},
    alpha_pattern: {},
  };
  return new Map([
    [ADAPTER_CONFIG, new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`)],
    [ADAPTER_WEIGHTS, writeSafetensors(weights, { format: 'pt' })],
  ]);
}
