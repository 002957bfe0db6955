import type { BertArchitecture } from '../../config/bert';
import type { Gpu } from '../../gpu/gpu';
import { attentionForward } from '../../kernels/attention/attention';
import { geluForward } from '../../kernels/gelu/gelu';
import type { Dtype } from '../../kernels/weights/weights';
import { TensorSet } from '../../tensors/tensor-set';
import { TensorTable } from '../../tensors/table';
import type { BatchBuffers } from '../batch';
import { Embedding } from '../embedding';
import { Linear } from '../linear';
import type { Pass } from '../pass';
import type { BertActivations } from './bert-activations';
import { BertEncoder, type BertPooling } from './bert-encoder';
import { LayerNorm } from './layer-norm';

/**
 * A `bert` encoder on the GPU (Devlin et al., arXiv 1810.04805), forward alone: its norms stand behind what is added, its
 * positions are rows of a table, and every token attends all of its text.
 */
export class BertModel {
  readonly weights: TensorSet;
  private readonly words: Embedding;
  private readonly positions: Embedding;
  private readonly norm: LayerNorm;
  private readonly layers: readonly BertLayer[];

  constructor(
    readonly gpu: Gpu,
    readonly architecture: BertArchitecture,
    { dtype, blockBytes }: { dtype?: (name: string) => Dtype; blockBytes?: number } = {},
  ) {
    const table = new TensorTable(architecture, { ...(dtype && { dtype }), ...(blockBytes && { blockBytes }) });
    this.weights = new TensorSet(gpu, table, 'weights');
    this.words = new Embedding(this.weights, 'embed');
    this.positions = new Embedding(this.weights, 'positions');
    this.norm = new LayerNorm(this.weights, 'norm', architecture.layer_norm_eps);
    this.layers = Array.from(
      { length: architecture.num_hidden_layers },
      (_, l) => new BertLayer(this.weights, architecture, l),
    );
  }

  /** Records embeddings and layers: a.x (N, C) of the packed batch. */
  forward(pass: Pass, batch: BatchBuffers, a: BertActivations): void {
    // Before the first layer a.middle is free.
    this.words.forward(pass, { ids: batch.ids, out: a.added });
    this.positions.forward(pass, { ids: batch.positions, out: a.middle });
    this.norm.forward(pass, { x: a.added, residual: a.middle, y: a.x });
    for (const layer of this.layers) layer.forward(pass, batch, a);
  }

  /** Makes an encoder of this model. @param tokens and @param sequences bound what one submit holds. */
  encoder(pooling: BertPooling, tokens: number, sequences: number): BertEncoder {
    return new BertEncoder(this, pooling, tokens, sequences);
  }

  destroy(): void {
    this.weights.destroy();
  }
}

/** x = norm(x + o(attend(qkv(x)))), then x = norm(x + down(gelu(up(x)))). */
class BertLayer {
  private readonly qkv: Linear;
  private readonly o: Linear;
  private readonly norm1: LayerNorm;
  private readonly up: Linear;
  private readonly down: Linear;
  private readonly norm2: LayerNorm;

  constructor(
    weights: TensorSet,
    private readonly architecture: BertArchitecture,
    layer: number,
  ) {
    const linear = (name: string): Linear => new Linear(weights, `${layer}.${name}`, `${layer}.${name}_bias`);
    const norm = (name: string): LayerNorm => new LayerNorm(weights, `${layer}.${name}`, architecture.layer_norm_eps);
    this.qkv = linear('qkv');
    this.o = linear('o');
    this.norm1 = norm('norm1');
    this.up = linear('up');
    this.down = linear('down');
    this.norm2 = norm('norm2');
  }

  /** Records the layers' forward pass on a.x (N, C), in place. */
  forward(pass: Pass, { seqStart, seqEnd }: BatchBuffers, a: BertActivations): void {
    const { recorder, rows } = pass;
    const { num_attention_heads: heads, head_dim: headDim } = this.architecture;
    this.qkv.forward(pass, { x: a.x, y: a.qkv });
    const t = { seqStart, seqEnd, qkv: a.qkv, out: a.attention, lse: a.lse, causal: false };
    attentionForward(recorder, pass, { rows, heads, kvHeads: heads, headDim }, t);
    this.o.forward(pass, { x: a.attention, y: a.added });
    this.norm1.forward(pass, { x: a.added, residual: a.x, y: a.middle });
    this.up.forward(pass, { x: a.middle, y: a.up });
    geluForward(recorder, pass, { rows, features: this.up.outputs, x: a.up, out: a.gated });
    this.down.forward(pass, { x: a.gated, y: a.added });
    this.norm2.forward(pass, { x: a.added, residual: a.middle, y: a.x });
  }
}
