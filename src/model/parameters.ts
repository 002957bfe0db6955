import { hasQkNorm, type Architecture } from '../config/architecture';
import { GpuOutOfMemoryError } from '../gpu/errors';
import type { Gpu, View } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import type { Random } from '../lib/philox';

/** One tensor as the kernels see it. q, k, v lie in one (as do gate, up), so that one product makes all of them. */
export interface TensorEntry {
  name: string;
  shape: readonly number[];
  page: number;
  /** In floats; a multiple of 64, so that a binding may start there. */
  offset: number;
  length: number;
  /** Inputs summed by one output: what initialisation scales by; 0 for norms and biases. */
  fanIn: number;
  /** Writes into the residual stream: initialised smaller by 1/√(2 layers) (Radford et al. 2019). */
  residual: boolean;
}

/** A tensor of a Hugging Face checkpoint: a range of one of ours. */
export interface CheckpointEntry {
  name: string;
  shape: readonly number[];
  tensor: TensorEntry;
  /** Floats from the tensor's start. */
  at: number;
  length: number;
}

const ALIGN = 64;

/** Where every parameter lies: one flat space in pages; gradients and optimiser moments share the table. */
export class ParameterTable {
  readonly tensors: TensorEntry[] = [];
  readonly checkpoint: CheckpointEntry[] = [];
  /** Floats of each page. */
  readonly pages: number[] = [];
  private readonly byName = new Map<string, TensorEntry>();

  /** @param maxPageBytes the adapter's binding limit; @throws GpuOutOfMemoryError for a tensor that exceeds it. */
  constructor(
    readonly architecture: Architecture,
    private readonly maxPageBytes: number,
  ) {
    const a = architecture;
    const { hidden_size: C, intermediate_size: F, head_dim: D, vocab_size: V } = a;
    const q = a.num_attention_heads * D;
    const kv = a.num_key_value_heads * D;
    this.add('embed', [V, C], { fanIn: C }, [['model.embed_tokens.weight', [V, C]]]);
    for (let l = 0; l < a.num_hidden_layers; l++) {
      const hf = `model.layers.${l}`;
      const attention = `${hf}.self_attn`;
      this.add(`${l}.norm1`, [C], {}, [[`${hf}.input_layernorm.weight`, [C]]]);
      this.add(`${l}.qkv`, [q + 2 * kv, C], { fanIn: C }, [
        [`${attention}.q_proj.weight`, [q, C]],
        [`${attention}.k_proj.weight`, [kv, C]],
        [`${attention}.v_proj.weight`, [kv, C]],
      ]);
      if (a.attention_bias) {
        this.add(`${l}.qkv_bias`, [q + 2 * kv], {}, [
          [`${attention}.q_proj.bias`, [q]],
          [`${attention}.k_proj.bias`, [kv]],
          [`${attention}.v_proj.bias`, [kv]],
        ]);
      }
      if (hasQkNorm(a)) {
        this.add(`${l}.q_norm`, [D], {}, [[`${attention}.q_norm.weight`, [D]]]);
        this.add(`${l}.k_norm`, [D], {}, [[`${attention}.k_norm.weight`, [D]]]);
      }
      this.add(`${l}.o`, [C, q], { fanIn: q, residual: true }, [[`${attention}.o_proj.weight`, [C, q]]]);
      this.add(`${l}.norm2`, [C], {}, [[`${hf}.post_attention_layernorm.weight`, [C]]]);
      this.add(`${l}.gate_up`, [2 * F, C], { fanIn: C }, [
        [`${hf}.mlp.gate_proj.weight`, [F, C]],
        [`${hf}.mlp.up_proj.weight`, [F, C]],
      ]);
      this.add(`${l}.down`, [C, F], { fanIn: F, residual: true }, [[`${hf}.mlp.down_proj.weight`, [C, F]]]);
    }
    this.add('norm', [C], {}, [['model.norm.weight', [C]]]);
    if (!a.tie_word_embeddings) this.add('head', [V, C], { fanIn: C }, [['lm_head.weight', [V, C]]]);
  }

  private add(
    name: string,
    shape: readonly number[],
    { fanIn = 0, residual = false }: { fanIn?: number; residual?: boolean },
    parts: readonly (readonly [name: string, shape: readonly number[]])[],
  ): void {
    const length = product(shape);
    const padded = Math.ceil(length / ALIGN) * ALIGN;
    if (padded * 4 > this.maxPageBytes) {
      throw new GpuOutOfMemoryError(
        `${name} needs ${padded * 4} bytes in one binding; this adapter allows ${this.maxPageBytes}`,
      );
    }
    let page = this.pages.length - 1;
    if (page < 0 || (this.pages[page]! + padded) * 4 > this.maxPageBytes) {
      this.pages.push(0);
      page++;
    }
    const tensor = { name, shape, page, offset: this.pages[page]!, length, fanIn, residual };
    this.pages[page] = tensor.offset + padded;
    this.tensors.push(tensor);
    this.byName.set(name, tensor);
    let at = 0;
    for (const [part, partShape] of parts) {
      const partLength = product(partShape);
      this.checkpoint.push({ name: part, shape: partShape, tensor, at, length: partLength });
      at += partLength;
    }
  }

  entry(name: string): TensorEntry {
    const tensor = this.byName.get(name);
    if (!tensor) throw new Error(`no tensor ${name} in this architecture`);
    return tensor;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** The tensor that makes logits: the embedding where the head is tied to it. */
  get headName(): string {
    return this.architecture.tie_word_embeddings ? 'embed' : 'head';
  }

  /** Parameters without padding. */
  get parameters(): number {
    return this.tensors.reduce((sum, { length }) => sum + length, 0);
  }

  get bytes(): number {
    return this.pages.reduce((sum, floats) => sum + floats * 4, 0);
  }
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** One value per parameter on the GPU: the weights, their gradients, or a moment. */
export class ParameterSet {
  readonly pages: readonly View[];

  constructor(
    private readonly gpu: Gpu,
    readonly table: ParameterTable,
    label: string,
  ) {
    this.pages = table.pages.map((floats, i) => gpu.buffer(`${label} ${i}`, floats * 4));
  }

  view(name: string): View {
    const { page, offset, length } = this.table.entry(name);
    return { buffer: this.pages[page]!.buffer, offset: offset * 4, size: length * 4 };
  }

  /**
   * Draws weights: normal, norms 1, biases 0.
   * @param range σ of all of them; 0 gives each 1/√fanIn. What is added to the residual stream gets less (GPT-2).
   */
  initialise(random: Random, range = 0): void {
    const shrink = 1 / Math.sqrt(2 * this.table.architecture.num_hidden_layers);
    for (const tensor of this.table.tensors) {
      const values = new Float32Array(tensor.length);
      const share = tensor.residual ? shrink : 1;
      const sigma = range > 0 ? share * range : share / Math.sqrt(tensor.fanIn);
      if (tensor.fanIn > 0) for (let i = 0; i < values.length; i++) values[i] = random.normal() * sigma;
      else if (tensor.name.includes('norm')) values.fill(1);
      this.gpu.write(this.view(tensor.name), values);
    }
  }

  /** Fills every tensor from a checkpoint's. @throws InputError for one that is missing or of the wrong length. */
  load(tensors: ReadonlyMap<string, Float32Array>): void {
    for (const { name, tensor, at, length } of this.table.checkpoint) {
      const values = tensors.get(name);
      if (values?.length !== length) {
        throw new InputError(`${name} has ${values?.length ?? 'no'} values, expected ${length}`);
      }
      this.gpu.write(this.view(tensor.name), values, at * 4);
    }
  }

  /** Every tensor under its checkpoint name. */
  async read(): Promise<Map<string, Float32Array<ArrayBuffer>>> {
    const pages = await Promise.all(this.pages.map((page) => this.gpu.readFloats(page)));
    return new Map(
      this.table.checkpoint.map(({ name, tensor, at, length }) => {
        const start = tensor.offset + at;
        return [name, pages[tensor.page]!.slice(start, start + length)];
      }),
    );
  }

  async readPages(): Promise<Float32Array<ArrayBuffer>[]> {
    return Promise.all(this.pages.map((page) => this.gpu.readFloats(page)));
  }

  writePages(pages: readonly Float32Array<ArrayBuffer>[]): void {
    pages.forEach((values, i) => this.gpu.write(this.pages[i]!, values));
  }

  destroy(): void {
    this.gpu.free(...this.pages);
  }
}
