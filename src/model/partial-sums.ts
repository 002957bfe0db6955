import { SPLIT_NUMERICS } from '../config/numerics';
import type { Gpu, Owned, View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import type { KernelContext, Rows } from '../kernels/rows';
import { mostParts } from '../kernels/sums/parts';
import { SUM_BLOCK } from '../kernels/sums/column-sum';
import { summedWords, sumParts, type SummedTensor } from '../kernels/sums/sum-parts';
import { TOKEN_ROW } from '../tensors/adapter-layout';
import { BINDING_BYTES, type PlacedTensor } from '../tensors/table';
import type { TensorSet } from '../tensors/tensor-set';
import type { ModelData } from './model-data';

/** What the layers' passes record with. */
type Recording = KernelContext & { recorder: Recorder; rows: Rows };

/** The alignment of a view, in floats. */
const ALIGN = 64;

/** The place of the parts of a gradient's block, and the most that there are. */
interface Area {
  view: View;
  parts: number;
}

/** Tensors that lie in one buffer of gradients and one of parts: what one dispatch adds up. */
interface Group {
  out: View;
  page: number;
  tensors: SummedTensor[];
}

/**
 * Gradients that are sums over all rows are left in parts by the layers and added up for all of them at once, behind the last
 * one: those of norms and biases by 64 rows always; those of matrices, where the numerics of the session cut their sums, by
 * what `mostParts` says.
 */
export class PartialSums {
  private readonly areas = new Map<string, Area>();
  private readonly groups: (Group & { words: Owned })[];
  private readonly pages: Owned[];

  /**
   * @param gradients what is trained.
   * @param tokens the most rows of a pass.
   * @param numerics of the session: `config/numerics.ts`.
   */
  constructor(
    private readonly gpu: Gpu,
    model: Pick<ModelData, 'architecture' | 'table'>,
    gradients: TensorSet,
    tokens: number,
    numerics: number,
  ) {
    const lengths: number[] = [];
    const groups = new Map<string, Group>();
    const placed: { name: string; row: number; page: number; from: number; length: number; parts: number }[] = [];
    for (const tensor of model.table.tensors) {
      const { name } = tensor;
      if (!gradients.has(name)) continue;
      const [parts, cut] = partsOf(model, tensor, tokens, numerics);
      if (parts === 1 && tensor.shape.length > 1) continue;
      const width = tensor.length / tensor.shape[0]!;
      for (const block of gradients.tensor(name).blocks) {
        const length = block.rows * width;
        const size = Math.ceil((parts * length) / ALIGN) * ALIGN;
        const open = lengths.length - 1;
        const page = open >= 0 && (lengths[open]! + size) * 4 <= BINDING_BYTES ? open : lengths.push(0) - 1;
        const from = lengths[page]!;
        lengths[page] = from + size;
        placed.push({ name, row: block.row, page, from, length: parts * length, parts });
        const { buffer, offset } = block.view;
        const groupKey = `${tensor.blocks.find(({ row }) => row === block.row)!.page} ${page}`;
        const group = groups.get(groupKey) ?? { out: { buffer, offset: 0, size: buffer.size }, page, tensors: [] };
        groups.set(groupKey, group);
        group.tensors.push({ into: offset / 4, first: from, length, stride: length, parts, cut });
      }
    }
    this.pages = lengths.map((length, i) => gpu.buffer(`partial sums ${i}`, length * 4));
    for (const { name, row, page, from, length, parts } of placed) {
      const view = { buffer: this.pages[page]!.buffer, offset: from * 4, size: length * 4, name };
      this.areas.set(keyOf(name, row), { view, parts });
    }
    this.groups = [...groups.values()].map((group) => ({
      ...group,
      words: gpu.upload('partial sums of', summedWords(group.tensors)),
    }));
  }

  /**
   * The place for the parts of a gradient; null for one that is not left in parts.
   * @param row the first of its block.
   */
  of(name: string, row = 0): Area | null {
    return this.areas.get(keyOf(name, row)) ?? null;
  }

  /** Records the sums of all of them. @param accumulate adds them to what the gradients hold. */
  record({ recorder, counts, rows }: Recording, accumulate: boolean): void {
    for (const { out, page, tensors, words } of this.groups)
      sumParts(recorder, { counts }, { rows, tensors, words, pieces: this.pages[page]!, out, accumulate });
  }

  destroy(): void {
    this.gpu.free(...this.pages, ...this.groups.map(({ words }) => words));
  }
}

const keyOf = (name: string, row: number): string => `${name} ${row}`;

/** For a tensor's gradient, the number of parts, and whether the live rows decide how many of them are used. */
function partsOf(
  { architecture: a, table }: Pick<ModelData, 'architecture' | 'table'>,
  { name, shape }: PlacedTensor,
  tokens: number,
  numerics: number,
): [parts: number, cut: boolean] {
  const [rows = 0, columns] = shape;
  if (columns === undefined) {
    const group = name.endsWith('.q_norm')
      ? a.num_attention_heads
      : name.endsWith('.k_norm')
        ? a.num_key_value_heads
        : 1;
    return [Math.ceil((tokens * group) / SUM_BLOCK), false];
  }
  // Rows of the head are targets, a chunk at a time, and the embedding's are added one by one.
  if ([table.headName, 'embed', TOKEN_ROW].includes(name) || numerics < SPLIT_NUMERICS) return [1, false];
  return [mostParts(rows, columns), true];
}
