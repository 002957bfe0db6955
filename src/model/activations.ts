import type { Gpu, Owned, View } from '../gpu/gpu';
import { gradientChannels, isKept, layerChannels, type Keep, type LayerValue } from '../tensors/activations';
import { lowRankWidth } from './low-rank';
import type { ModelData } from './model-data';

type HeadNormValue = 'qkvRaw' | 'rstdQ' | 'rstdK';

/** The values that one layer's forward pass writes. All are (tokens, …). */
export interface LayerActivations extends Record<Exclude<LayerValue, HeadNormValue>, View> {
  /** For architectures that normalise q and k: their rows before that, and the norms' 1/rms; else null. */
  headNorms: Record<HeadNormValue, View> | null;
}

/** Everything a forward pass writes, allocated once for `tokens` rows. */
export class Activations {
  readonly layers: LayerActivations[];
  readonly last: View;
  readonly hidden: View;
  readonly rstd: View;
  /** See `Pass.lowRank`. */
  readonly lowRank: View | null;
  private readonly owned: Owned[] = [];

  /** @param keep 'all' or 'inputs' where a backward pass follows. */
  constructor(
    private readonly gpu: Gpu,
    { architecture, table }: ModelData,
    readonly tokens: number,
    readonly keep: Keep,
  ) {
    const channels = layerChannels(architecture);
    const shared = new Map<LayerValue, View>();
    const make = (label: string, width: number): Owned => {
      const view = gpu.buffer(`activation ${label}`, tokens * width * 4);
      this.owned.push(view);
      return view;
    };
    const value = (l: number, name: LayerValue): View => {
      const view = (isKept(keep, name) ? undefined : shared.get(name)) ?? make(`${l}.${name}`, channels[name]);
      shared.set(name, view);
      return view;
    };
    this.layers = Array.from({ length: architecture.num_hidden_layers }, (_, l) => ({
      x: value(l, 'x'),
      normed1: value(l, 'normed1'),
      rstd1: value(l, 'rstd1'),
      headNorms:
        channels.qkvRaw > 0 ? { qkvRaw: value(l, 'qkvRaw'), rstdQ: value(l, 'rstdQ'), rstdK: value(l, 'rstdK') } : null,
      qkv: value(l, 'qkv'),
      attention: value(l, 'attention'),
      lse: value(l, 'lse'),
      middle: value(l, 'middle'),
      normed2: value(l, 'normed2'),
      rstd2: value(l, 'rstd2'),
      gateUp: value(l, 'gateUp'),
      gated: value(l, 'gated'),
    }));
    // A shared layer reads x and writes the next x where the last one stood: middle lies between.
    this.last = isKept(keep, 'x') ? make('last', channels.x) : this.layers[0]!.x;
    this.hidden = make('hidden', channels.x);
    this.rstd = make('rstd', 1);
    const width = lowRankWidth(table);
    this.lowRank = width > 0 ? make('low rank', width) : null;
  }

  /** Bytes of all of them. */
  get bytes(): number {
    return this.owned.reduce((sum, { size }) => sum + size, 0);
  }

  destroy(): void {
    this.gpu.free(...this.owned);
  }
}

/** Scratch of the backward pass, shared by all layers. */
export class BackwardScratch implements Record<Exclude<keyof ReturnType<typeof gradientChannels>, 'dqkvRaw'>, View> {
  readonly dhidden: View;
  readonly dx: View;
  readonly dnormed: View;
  readonly dgated: View;
  readonly dgateUp: View;
  readonly dattention: View;
  readonly dqkv: View;
  /** Gradient before the q and k norms, where the architecture has them. */
  readonly dqkvRaw: View | null;
  readonly delta: View;
  /** See `Gradients.dlowRank`. */
  readonly dlowRank: View | null;
  private readonly owned: Owned[] = [];

  constructor(
    private readonly gpu: Gpu,
    { architecture, table }: ModelData,
    tokens: number,
  ) {
    const channels = gradientChannels(architecture);
    const floats = (label: string, count: number): Owned => {
      const view = gpu.buffer(`gradient ${label}`, count * 4);
      this.owned.push(view);
      return view;
    };
    const make = (name: keyof typeof channels): View => floats(name, tokens * channels[name]);
    this.dhidden = make('dhidden');
    this.dx = make('dx');
    this.dnormed = make('dnormed');
    this.dgated = make('dgated');
    this.dgateUp = make('dgateUp');
    this.dattention = make('dattention');
    this.dqkv = make('dqkv');
    this.dqkvRaw = channels.dqkvRaw > 0 ? make('dqkvRaw') : null;
    this.delta = make('delta');
    const width = lowRankWidth(table);
    this.dlowRank = width > 0 ? floats('low rank', tokens * width) : null;
  }

  destroy(): void {
    this.gpu.free(...this.owned);
  }
}
