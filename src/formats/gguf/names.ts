import { EMBEDDING, FINAL_NORM, HEAD, layerNames } from '../../tensors/layout';

/** Name in a GGUF file of every tensor that Hugging Face names. */
export function ggufNames(layers: number): Map<string, string> {
  const names = new Map([
    [EMBEDDING, 'token_embd.weight'],
    [FINAL_NORM, 'output_norm.weight'],
    [HEAD, 'output.weight'],
  ]);
  for (let layer = 0; layer < layers; layer++) {
    const of = layerNames(layer);
    const block = `blk.${layer}`;
    names.set(of.inputNorm, `${block}.attn_norm.weight`).set(of.postNorm, `${block}.ffn_norm.weight`);
    names.set(of.gate, `${block}.ffn_gate.weight`).set(of.up, `${block}.ffn_up.weight`);
    names.set(of.down, `${block}.ffn_down.weight`).set(of.projection('o'), `${block}.attn_output.weight`);
    for (const part of ['q', 'k', 'v'] as const) {
      names.set(of.projection(part), `${block}.attn_${part}.weight`).set(of.bias(part), `${block}.attn_${part}.bias`);
      if (part !== 'v') names.set(of.headNorm(part), `${block}.attn_${part}_norm.weight`);
    }
  }
  return names;
}

/** The tensor of divisors of the rotary frequencies, by which some files write RoPE scaling. */
export const ROPE_DIVISORS = 'rope_freqs.weight';
