import type { Architecture } from '../config/architecture';
import { PROJECTIONS, type LoraSettings } from '../config/lora';
import { InputError } from '../lib/errors';
import { tensorLayout } from '../tensors/layout';
import type { PeftAdapter } from './peft';

/** An adapter as our layers have it: its settings, and its tensors by PEFT's names. */
export interface Lora {
  settings: LoraSettings;
  tensors: ReadonlyMap<string, Float32Array>;
}

/**
 * An adapter to continue training with. Of those that can be merged it takes the regular ones: one rank and one scale, the same
 * projections in every layer, at most one token's row.
 * @throws InputError for any other, saying what is irregular.
 */
export function loraOf({ pairs, rows }: PeftAdapter, arch: Architecture, where: string): Lora {
  const [first] = pairs.values();
  if (!first) throw new InputError(`${where}: no low-rank pairs, expected those of some projections`);
  const { rank, scale } = first;
  for (const [tensor, pair] of pairs) {
    if (pair.rank !== rank || pair.scale !== scale) {
      throw new InputError(
        `${where}: ${tensor} has rank ${pair.rank} and scale ${pair.scale}, expected ${rank} and ${scale} as the others: such an adapter can be merged, not trained on`,
      );
    }
  }
  if (rows.size > 1) throw new InputError(`${where}: rows of ${rows.size} tokens are trained, expected at most one`);
  const targets = PROJECTIONS.filter((name) => [...pairs.keys()].some((tensor) => tensor.endsWith(`.${name}.weight`)));
  const [token = null] = rows.keys();
  // Without rsLoRA α / rank is the scale, whichever of the two it was made with.
  const settings = { rank, alpha: scale * rank, rslora: false, targets, embedToken: token };
  const tensors = new Map<string, Float32Array>();
  for (const { group, parts } of tensorLayout(arch, { adapter: settings })) {
    if (group === 'frozen') continue;
    for (const part of parts) {
      const [, module = '', kind = ''] = /^base_model\.model\.(.+)\.lora_(A|B)\.weight$/.exec(part.name) ?? [];
      const pair = pairs.get(`${module}.weight`);
      const values = module === '' ? rows.get(token ?? -1) : kind === 'A' ? pair?.a : pair?.b;
      if (!values) {
        throw new InputError(`${where}: no ${part.name}, expected the same projections in every layer`);
      }
      tensors.set(part.name, values);
    }
  }
  return { settings, tensors };
}
