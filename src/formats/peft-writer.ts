import type { Architecture } from '../config/architecture';
import { InputError } from '../lib/errors';
import { tensorLayout } from '../tensors/layout';
import { peftFiles, type PeftBase } from './peft-files';
import type { Lora } from './peft-lora';

/**
 * The two files of an adapter in PEFT's layout, under PEFT's names; deterministic.
 * @throws InputError for a missing or misshapen tensor.
 */
export function writePeft({ settings, tensors }: Lora, arch: Architecture, base: PeftBase): Map<string, Uint8Array> {
  const weights = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const { group, parts } of tensorLayout(arch, { adapter: settings })) {
    if (group === 'frozen') continue;
    for (const { name, shape, length } of parts) {
      const data = tensors.get(name);
      if (data?.length !== length) {
        throw new InputError(
          `the adapter's ${name} has ${data?.length ?? 'no'} numbers, expected ${length} for this ${arch.model_type}`,
        );
      }
      weights.set(name, { shape, data });
    }
  }
  return peftFiles(settings, weights, base);
}
