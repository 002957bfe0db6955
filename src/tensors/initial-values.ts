import type { Random } from '../lib/philox';
import type { TensorSpec } from './tensor-spec';

/**
 * Draws a tensor's first values.
 * @param range σ of normal ones; 0 gives each 1/√fanIn. What is added to the residual stream gets less (GPT-2).
 * @param layers of the model.
 */
export function initialValues(
  { init, length }: Pick<TensorSpec, 'init' | 'length'>,
  random: Random,
  { range, layers }: { range: number; layers: number },
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(length);
  if (init.kind === 'ones') values.fill(1);
  if (init.kind === 'uniform') {
    for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) * init.bound;
  }
  if (init.kind === 'normal') {
    const share = init.residual ? 1 / Math.sqrt(2 * layers) : 1;
    const sigma = range > 0 ? share * range : share / Math.sqrt(init.fanIn);
    for (let i = 0; i < values.length; i++) values[i] = random.normal() * sigma;
  }
  return values;
}
