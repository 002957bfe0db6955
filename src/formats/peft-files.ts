import type { LoraSettings } from '../config/lora';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from './peft';
import { writeSafetensors } from './safetensors';

/**
 * An adapter as the two files of PEFT's layout.
 * @param tensors by PEFT's names, with their shapes.
 * @param base what the adapter says it is of: a name that `transformers` finds, or a folder.
 */
export function peftFiles(
  { rank, alpha, rslora, targets, embedToken }: LoraSettings,
  tensors: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>,
  base: string,
): Map<string, Uint8Array> {
  const config = {
    base_model_name_or_path: base,
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
