import { widened, type Dtype, type Elements } from '../tensors/dtype';
import { checkpointTensors, EMBEDDING, tensorLayout } from '../tensors/layout';
import type { WeightSource } from '../tensors/weight-source';
import type { OpenedModel } from './opened-model';
import type { LoraPair, PeftAdapter } from './peft';

/** A model with an adapter merged into it; all else is the base's. */
export function merged(base: OpenedModel, adapter: PeftAdapter): OpenedModel {
  const shapes = new Map(checkpointTensors(base.arch).map(({ name, shape }) => [name, shape]));
  const weights = new MergedSource(base.weights, adapter, (name) => shapes.get(name)?.[1] ?? 1);
  // A tensor of ours is f32 as a whole where one of its parts is changed.
  const changed = new Set(
    tensorLayout(base.arch)
      .filter(({ parts }) => parts.some((part) => weights.changes(part.name)))
      .map(({ name }) => name),
  );
  return { ...base, weights, tensorDtype: (name) => (changed.has(name) ? 'f32' : base.tensorDtype(name)) };
}

/**
 * A base with an adapter merged into it, row by row as it is read: `W + scale · B A`, in f32 where the adapter changes a
 * matrix and as the base has it elsewhere. The products are summed in f64.
 */
export class MergedSource implements WeightSource {
  /** @param columns of a tensor of the base, by its name. */
  constructor(
    private readonly base: WeightSource,
    private readonly adapter: PeftAdapter,
    private readonly columns: (name: string) => number,
  ) {}

  /** Whether the adapter changes a tensor. PEFT ties a token's trained row to the head where that is tied. */
  changes(name: string): boolean {
    return this.adapter.pairs.has(name) || (name === EMBEDDING && this.adapter.rows.size > 0);
  }

  dtypeOf(name: string): Dtype {
    return this.changes(name) ? 'f32' : this.base.dtypeOf(name);
  }

  async read(name: string, row: number, rows: number): Promise<Elements> {
    const read = await this.base.read(name, row, rows);
    if (!this.changes(name)) return read;
    const values = Float32Array.from(widened(read));
    const columns = this.columns(name);
    const pair = this.adapter.pairs.get(name);
    if (pair) addProduct(values, pair, row, rows, columns);
    else
      for (const [token, trained] of this.adapter.rows) {
        if (token >= row && token < row + rows) values.set(trained, (token - row) * columns);
      }
    return values;
  }
}

/** Adds rows [row, row + rows) of `scale · B A` to (rows, columns). */
function addProduct(values: Float32Array, { rank, scale, a, b }: LoraPair, row: number, rows: number, columns: number) {
  const sums = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    sums.fill(0);
    for (let k = 0; k < rank; k++) {
      const weight = b[(row + r) * rank + k]! * scale;
      for (let c = 0; c < columns; c++) sums[c]! += weight * a[k * columns + c]!;
    }
    for (let c = 0; c < columns; c++) values[r * columns + c]! += sums[c]!;
  }
}
