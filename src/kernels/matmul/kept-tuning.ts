import * as v from 'valibot';
import backwardShader from '../../../shaders/nn/matmul_backward.wgsl';
import swigluShader from '../../../shaders/nn/matmul_swiglu.wgsl';
import tiledShader from '../../../shaders/nn/matmul_tiled.wgsl';
import type { AdapterIdentity } from '../../gpu/gpu';
import { sha256 } from '../../lib/hash';
import { tuningSchema, type Tuning } from '../../records/tuning';
import { PAIRED_TILES, TILES } from './tiles';

/** The version of the kernels that a tuning is of: the start of a hash of their texts and of the tiles. */
export const tiledKernels = (): string =>
  sha256(JSON.stringify([tiledShader.code, backwardShader.code, swigluShader.code, TILES, PAIRED_TILES])).slice(0, 12);

/** What an adapter calls itself, of which a tuning is. */
export const namesOf = ({ vendor, architecture, description }: AdapterIdentity): Tuning['adapter'] => ({
  vendor,
  architecture,
  description,
});

/** The name under which a tuning of this adapter is kept. */
export const tuningName = (adapter: AdapterIdentity): string =>
  `${sha256(JSON.stringify(namesOf(adapter))).slice(0, 16)}.json`;

/** Why nothing can be tuned on an adapter; null where something can. */
export const untunable = ({ software }: AdapterIdentity): string | null =>
  software ? 'it computes on the processor, where one kernel without tiles is the fastest for every shape' : null;

/**
 * Reads a kept tuning for an adapter.
 * @param text of its file; null where there is none.
 * @param notice receives one sentence where a tuning is there and is not used: it is damaged, of another adapter, or of
 *   kernels that have changed since.
 */
export function readTuning(
  text: string | null,
  adapter: AdapterIdentity,
  notice: (why: string) => void,
): Tuning | null {
  if (text === null || untunable(adapter) !== null) return null;
  const refused = (why: string): null => {
    notice(`the tuning of this GPU is not used: ${why}; tune again`);
    return null;
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refused('its file is damaged');
  }
  const parsed = v.safeParse(tuningSchema, json);
  if (!parsed.success) return refused('its file is damaged');
  const tuning = parsed.output;
  if (JSON.stringify(tuning.adapter) !== JSON.stringify(namesOf(adapter))) return refused('it is of another adapter');
  return tuning.kernels === tiledKernels() ? tuning : refused('the kernels have changed since');
}
