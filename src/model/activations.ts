import { hasQkNorm } from '../config/architecture';
import type { Gpu, View } from '../gpu/gpu';
import { SUM_BLOCK } from '../kernels/column-sum';
import type { Model } from './model';

/** What one layer's forward pass leaves for its backward pass. All are (tokens, …). */
export interface LayerActivations {
  x: View;
  normed1: View;
  rstd1: View;
  /** q, k, v after their norms and RoPE. */
  qkv: View;
  /** Before the q/k norms, where the architecture has them. */
  qkvRaw: View | null;
  rstdQ: View | null;
  rstdK: View | null;
  attention: View;
  lse: View;
  middle: View;
  normed2: View;
  rstd2: View;
  gateUp: View;
  gated: View;
}

/** Everything a forward pass writes, allocated once for `tokens` rows. */
export class Activations {
  readonly layers: LayerActivations[];
  readonly last: View;
  readonly hidden: View;
  readonly rstd: View;
  private readonly owned: View[] = [];

  /**
   * @param keep 'all' where a backward pass follows; 'qkv' where a cache reads each layer's keys and values later; 'nothing'
   * lets all layers share one set of buffers.
   */
  constructor(
    private readonly gpu: Gpu,
    model: Model,
    readonly tokens: number,
    readonly keep: 'all' | 'qkv' | 'nothing',
  ) {
    const {
      num_hidden_layers: L,
      hidden_size: C,
      intermediate_size: F,
      num_attention_heads: heads,
      num_key_value_heads: kvHeads,
      head_dim: D,
    } = model.architecture;
    const make = (label: string, channels: number): View => {
      const view = gpu.buffer(`activation ${label}`, tokens * channels * 4);
      this.owned.push(view);
      return view;
    };
    const stride = model.qkvStride;
    const normed = hasQkNorm(model.architecture);
    const layer = (l: number): LayerActivations => ({
      x: make(`${l}.x`, C),
      normed1: make(`${l}.normed1`, C),
      rstd1: make(`${l}.rstd1`, 1),
      qkv: make(`${l}.qkv`, stride),
      qkvRaw: normed ? make(`${l}.qkv raw`, stride) : null,
      rstdQ: normed ? make(`${l}.rstd q`, heads) : null,
      rstdK: normed ? make(`${l}.rstd k`, kvHeads) : null,
      attention: make(`${l}.attention`, heads * D),
      lse: make(`${l}.lse`, heads),
      middle: make(`${l}.middle`, C),
      normed2: make(`${l}.normed2`, C),
      rstd2: make(`${l}.rstd2`, 1),
      gateUp: make(`${l}.gate up`, 2 * F),
      gated: make(`${l}.gated`, F),
    });
    const first = layer(0);
    this.layers = Array.from({ length: L }, (_, l) => {
      if (l === 0 || keep === 'nothing') return first;
      return keep === 'all' ? layer(l) : { ...first, qkv: make(`${l}.qkv`, stride) };
    });
    // A shared layer reads x and writes the next x where the last one stood: middle lies between.
    this.last = keep === 'all' ? make('last', C) : first.x;
    this.hidden = make('hidden', C);
    this.rstd = make('rstd', 1);
  }

  destroy(): void {
    this.gpu.free(...this.owned);
  }
}

/** Scratch of the backward pass, shared by all layers. */
export class BackwardScratch {
  readonly dhidden: View;
  readonly dx: View;
  readonly dnormed: View;
  readonly dgated: View;
  readonly dgateUp: View;
  readonly dattention: View;
  readonly dqkv: View;
  readonly dqkvRaw: View | null;
  readonly delta: View;
  readonly sums: View;
  private readonly owned: View[] = [];

  constructor(
    private readonly gpu: Gpu,
    model: Model,
    tokens: number,
  ) {
    const { hidden_size: C, intermediate_size: F, num_attention_heads: heads, head_dim: D } = model.architecture;
    const make = (label: string, floats: number): View => {
      const view = gpu.buffer(`gradient ${label}`, floats * 4);
      this.owned.push(view);
      return view;
    };
    const stride = model.qkvStride;
    this.dhidden = make('hidden', tokens * C);
    this.dx = make('x', tokens * C);
    this.dnormed = make('normed', tokens * C);
    this.dgated = make('gated', tokens * F);
    this.dgateUp = make('gate up', tokens * 2 * F);
    this.dattention = make('attention', tokens * heads * D);
    this.dqkv = make('qkv', tokens * stride);
    this.dqkvRaw = hasQkNorm(model.architecture) ? make('qkv raw', tokens * stride) : null;
    this.delta = make('delta', tokens * heads);
    const blocks = (rows: number) => Math.ceil(rows / SUM_BLOCK);
    this.sums = make('sums', Math.max(blocks(tokens) * Math.max(C, stride), blocks(tokens * heads) * D));
  }

  destroy(): void {
    this.gpu.free(...this.owned);
  }
}
