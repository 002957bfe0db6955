import type { BertArchitecture } from '../../config/bert';
import type { Gpu, Owned } from '../../gpu/gpu';

/**
 * The values that a forward pass of an encoder writes, (tokens, …): one of each for all layers, because there is no
 * backward pass.
 */
export class BertActivations {
  /** The stream that layers read and write (C). */
  readonly x: Owned;
  /** The branch's output, which is added to x before a norm (C). */
  readonly added: Owned;
  readonly qkv: Owned;
  readonly attention: Owned;
  readonly lse: Owned;
  /** The output of the attention's norm (C). */
  readonly middle: Owned;
  readonly up: Owned;
  readonly gated: Owned;

  constructor(
    private readonly gpu: Gpu,
    { hidden_size: C, intermediate_size: F, num_attention_heads: heads }: BertArchitecture,
    readonly tokens: number,
  ) {
    const floats = (label: string, channels: number): Owned => gpu.buffer(`encoder ${label}`, tokens * channels * 4);
    this.x = floats('x', C);
    this.added = floats('added', C);
    this.qkv = floats('qkv', 3 * C);
    this.attention = floats('attention', C);
    this.lse = floats('lse', heads);
    this.middle = floats('middle', C);
    this.up = floats('up', F);
    this.gated = floats('gated', F);
  }

  destroy(): void {
    this.gpu.free(this.x, this.added, this.qkv, this.attention, this.lse, this.middle, this.up, this.gated);
  }
}
