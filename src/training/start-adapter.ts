import { Random } from '../lib/philox';
import type { Lora } from '../formats/peft-lora';
import { TOKEN_ROW } from '../tensors/adapter-layout';
import { widened } from '../tensors/dtype';
import { initialValues } from '../tensors/initial-values';
import { EMBEDDING, tensorLayout } from '../tensors/layout';
import type { Base } from './base-type';

/**
 * Draws the adapter that a session begins with: A at random, B zero, the embed token's row the base's own. Needs no
 * device.
 * @param base the one that is adapted.
 */
export async function startAdapter({ opened }: Pick<Base, 'opened'>, settings: Lora['settings'], seed: number) {
  const { arch, weights } = opened;
  const { embedToken } = settings;
  const random = new Random(seed, 'init');
  const tensors = new Map<string, Float32Array>();
  for (const spec of tensorLayout(arch, { adapter: settings })) {
    if (spec.group === 'frozen') continue;
    const drawn = initialValues(spec, random, { range: 0, layers: arch.num_hidden_layers });
    const isRow = spec.name === TOKEN_ROW && embedToken !== null;
    const values = isRow ? widened(await weights.read(EMBEDDING, embedToken, 1)) : drawn;
    for (const { name, at, length } of spec.parts) tensors.set(name, values.subarray(at, at + length));
  }
  return { settings, tensors } satisfies Lora;
}
