import { EMBEDDING } from '../../tensors/layout';
import type { Model } from './objectives';
import { tensor, type Gradients, type Parameters } from './parameters';

/** A low-rank adapter under PEFT's names, in f64. */
export interface Adapter {
  parameters: Parameters;
  rank: number;
  /** s of W + s B A. */
  scale: number;
  /** The token whose row of the embedding is trained; null where none is. */
  token: number | null;
}

const PAIR = /^base_model\.model\.(.+)\.lora_A\.weight$/;
const TOKEN = 'base_model.model.model.embed_tokens.token_adapter.trainable_tokens_delta';

/** The pairs by the name of the base's matrix that they are on. */
function pairsOf({ parameters }: Adapter): { base: string; a: string; b: string }[] {
  return [...parameters.keys()].flatMap((a) => {
    const module = PAIR.exec(a)?.[1];
    return module === undefined ? [] : [{ base: `${module}.weight`, a, b: a.replace('.lora_A.', '.lora_B.') }];
  });
}

/** The model that an adapter makes of its base: W + s B A, and the token's row put in the embedding. */
export function adapted({ architecture, parameters }: Model, adapter: Adapter): Model {
  const merged = new Map(parameters);
  for (const { base, a, b } of pairsOf(adapter)) {
    const [low, high] = [tensor(adapter.parameters, a), tensor(adapter.parameters, b)];
    const { rank, scale } = adapter;
    const columns = low.length / rank;
    merged.set(
      base,
      tensor(parameters, base).map((value, at) => {
        const [row, column] = [Math.floor(at / columns), at % columns];
        let sum = 0;
        for (let k = 0; k < rank; k++) sum += high[row * rank + k]! * low[k * columns + column]!;
        return value + scale * sum;
      }),
    );
  }
  if (adapter.token !== null) {
    const table = Float64Array.from(tensor(parameters, EMBEDDING));
    table.set(tensor(adapter.parameters, TOKEN), adapter.token * architecture.hidden_size);
    merged.set(EMBEDDING, table);
  }
  return { architecture, parameters: merged };
}

/**
 * The gradients of the adapter's own parameters from those of the adapted model: dA = s Bᵀ dW, dB = s dW Aᵀ, and the
 * row's.
 */
export function adapterGradients(gradients: Gradients, adapter: Adapter): Gradients {
  const own: Gradients = new Map();
  const { rank, scale, token } = adapter;
  for (const { base, a, b } of pairsOf(adapter)) {
    const [low, high] = [tensor(adapter.parameters, a), tensor(adapter.parameters, b)];
    const dw = tensor(gradients, base);
    const columns = low.length / rank;
    const da = new Float64Array(low.length);
    const db = new Float64Array(high.length);
    for (let at = 0; at < dw.length; at++) {
      const [row, column] = [Math.floor(at / columns), at % columns];
      for (let k = 0; k < rank; k++) {
        da[k * columns + column]! += scale * high[row * rank + k]! * dw[at]!;
        db[row * rank + k]! += scale * low[k * columns + column]! * dw[at]!;
      }
    }
    own.set(a, da);
    own.set(b, db);
  }
  if (token !== null) {
    const width = tensor(adapter.parameters, TOKEN).length;
    own.set(TOKEN, tensor(gradients, EMBEDDING).slice(token * width, (token + 1) * width));
  }
  return own;
}
