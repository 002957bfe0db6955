import quadsShader from '../../../shaders/nn/matmul_quads.wgsl';
import registersShader from '../../../shaders/nn/matmul_registers.wgsl';
import rowsShader from '../../../shaders/nn/matmul_rows.wgsl';
import tiledShader from '../../../shaders/nn/matmul_tiled.wgsl';
import type { Compute } from '../../config/compute';
import type { Filled, Work } from '../../gpu/call';
import type { Gpu, View } from '../../gpu/gpu';
import type { Recorder } from '../../gpu/recorder';
import { partCount } from '../sums/parts';
import { factorConstants } from './half';
import { usesQuads } from './quads';
import { isTile, tileBlock, tileFor, tileReads, tileRounds, TILES, usesTiles, type TileName } from './tiles';
import { type KernelContext, type Rows } from '../rows';
import { FEW_ROWS } from '../weights/in-floats';
import { bytesOf, isPacked, weightConstants, type Dtype } from '../weights/weights';

/** A matrix in a buffer: element (i, j) lies at i·stride + j, or at j·stride + i where `transposed`. */
export interface Matrix {
  view: View;
  stride: number;
  transposed?: boolean;
  /** Elements before its first; 0 where absent. */
  base?: number;
}

/** The right side, which may hold halves or blocks of 32 along its rows in memory; the product is that of f32 weights of the same values, bit for bit. */
export interface RightMatrix extends Matrix {
  dtype?: Dtype;
}

export interface MatmulOptions {
  rows: Rows;
  inner: Rows;
  columns: number;
  /** (rows, inner) */
  a: Matrix;
  /** (inner, columns) */
  b: RightMatrix;
  /** (rows, columns), row stride `cStride`, from element `cBase` (0) on: a block of columns of a wider matrix. */
  c: View;
  cStride: number;
  cBase?: number;
  /** (columns) from element `cBase` on, added to each row. */
  bias?: View | undefined;
  /** (rows, columns) with C's base and stride, added to the product. */
  residual?: View | undefined;
  /** Of the product, before anything is added to it; 1 where absent. */
  scale?: number;
  /** C += A · B */
  accumulate?: boolean;
  /** The sums continue from what C holds: products over parts of `inner`, in order, give the bits of one over all of it. */
  continued?: boolean;
  /**
   * The most parts that the sums are cut into (`mostParts`). C then holds (parts, rows, columns), which `sumParts` adds up;
   * 1 where absent, which cuts nothing.
   */
  parts?: number;
  /** f16: both sides are rounded to halves before they are multiplied, on a device with `shader-f16`; f32 where absent. */
  compute?: Compute | undefined;
}

/** The block of C that one workgroup computes. */
function blockOf(variant: MatmulVariant, rows: number, groups: number): { rows: number; columns: number } {
  switch (variant) {
    case 'tiled64':
    case 'tiled32':
    case 'tiled16':
      return tileBlock(TILES[variant]);
    case 'registers':
      return { rows: 32, columns: 64 };
    case 'quads':
      return { rows: groups * 8, columns: 64 };
    case 'rows':
      // More rows at once would be faster, and compile for seconds.
      return { rows: Math.min(2, rows), columns: 64 };
  }
}

/** Four lanes load for each other, each for GROUPS · 4 rows; LLVM, under most CPU adapters, likes smaller blocks. */
const quadConstants = (gpu: Gpu) =>
  gpu.adapter.architecture === 'swiftshader' ? { GROUPS: 8, DEPTH: 4 } : { GROUPS: 4, DEPTH: 2 };

/** The shaders of the product. All sum in the same order and give the same bits. */
export type MatmulVariant = 'registers' | 'quads' | 'rows' | TileName;

/** The variants this adapter can run, best first (docs/decisions/software-adapters.md). */
export function matmulVariants(gpu: Gpu): MatmulVariant[] {
  const tiles: MatmulVariant[] = ['tiled64', 'tiled32', 'tiled16'];
  if (!gpu.adapter.software) return [...tiles, 'registers', 'rows'];
  return usesQuads(gpu) ? ['quads', 'registers', ...tiles, 'rows'] : ['registers', ...tiles, 'rows'];
}

/** The same with one tile alone, the smallest: what does not depend on the shape of a tile is tried on each shader once. */
export const matmulShaders = (gpu: Gpu): MatmulVariant[] =>
  matmulVariants(gpu).filter((variant) => !isTile(variant) || variant === 'tiled16');

/** Up to this many rows the variant for few of them is faster on a CPU adapter. */
const FEW_ROWS_OF = { floats: 2, packed: FEW_ROWS };

/** The fastest variant: for rows of few tokens and a weight whose rows are summed over, one of its own. */
function fastest(gpu: Gpu, { rows, inner, columns, b, parts = 1, compute }: MatmulOptions): MatmulVariant {
  if (usesTiles(gpu)) return tileFor(gpu, [{ rows: rows.limit, inner: inner.limit, columns, parts, compute }]);
  const few = FEW_ROWS_OF[isPacked(b.dtype ?? 'f32') ? 'packed' : 'floats'];
  if (b.transposed === true && rows.limit <= few) return 'rows';
  return matmulVariants(gpu)[0]!;
}

/** Each side read once, C written once; what is added to the product is read, and is one operation an element, too. */
function matmulWork(o: MatmulOptions, rows: number, inner: number, variant: MatmulVariant): Work {
  const elements = rows * o.columns;
  const reads = [o.residual, o.accumulate, o.continued].filter(Boolean).length;
  const adds = [o.residual ?? o.bias, o.accumulate, o.scale !== undefined].filter(Boolean).length;
  const bias = o.bias ? o.columns : 0;
  const { columns, parts = 1, compute } = o;
  const product = { rows, inner, columns, parts, compute };
  const written = Math.max(1, partCount(inner, parts));
  return {
    flops: 2 * elements * inner + adds * elements,
    bytes: 4 * (rows * inner + elements * (written + reads) + bias) + bytesOf(o.b.dtype ?? 'f32', inner * o.columns),
    ...(isTile(variant) ? { shared: tileReads(TILES[variant], product), rounds: tileRounds(product) } : {}),
  };
}

/** C = A · B. */
export function matmul(
  recorder: Recorder,
  { counts }: KernelContext,
  o: MatmulOptions,
  variant: MatmulVariant = fastest(recorder.gpu, o),
): void {
  // The shader adds one thing or the other; no layer of ours has both.
  if (o.bias && o.residual) throw new RangeError('matmul adds a bias or a residual, not both');
  // The sums that continue from C would be scaled once more.
  if (o.continued && o.scale !== undefined) throw new RangeError('a product that is continued has no scale');
  const { parts = 1 } = o;
  if (parts > 1 && (o.bias || o.residual || o.accumulate || o.continued || o.scale !== undefined))
    throw new RangeError('a product in parts has nothing added to it and no scale: that comes when they are added up');
  const [a_row, a_inner] = o.a.transposed ? [1, o.a.stride] : [o.a.stride, 1];
  const [b_inner, b_column] = o.b.transposed ? [1, o.b.stride] : [o.b.stride, 1];
  const quads = quadConstants(recorder.gpu);
  const block = blockOf(variant, o.rows.limit, quads.GROUPS);
  const [across, down] = [Math.ceil(o.columns / block.columns), Math.ceil(o.rows.limit / block.rows)];
  const call = {
    uniforms: {
      rows: o.rows,
      inner: o.inner,
      columns: o.columns,
      a_base: o.a.base ?? 0,
      a_row,
      a_inner,
      b_base: o.b.base ?? 0,
      b_inner,
      b_column,
      c_base: o.cBase ?? 0,
      c_row: o.cStride,
      c_part: o.rows.limit * o.cStride,
      parts,
      accumulate: o.accumulate ? 1 : 0,
      scale: o.scale ?? 1,
      addend: o.bias ? 1 : o.residual ? 2 : 0,
    },
    bindings: { counts, a: o.a.view, b: o.b.view, addend: o.bias ?? o.residual ?? counts, c: o.c },
    groups: [across, down, parts] as const,
    work: ({ live }: Filled) => ({
      ...matmulWork(o, live(o.rows), live(o.inner), variant),
      ...(parts > 1 ? { workgroups: across * down * Math.max(1, partCount(live(o.inner), parts)) } : {}),
    }),
  };
  const constants = { ...weightConstants(o.b.dtype), ...factorConstants(o.compute), CONTINUE: o.continued ? 1 : 0 };
  if (variant === 'quads') recorder.call(quadsShader, { ...call, constants: { ...quads, ...constants } });
  else if (variant === 'rows') recorder.call(rowsShader, { ...call, constants: { ...constants, ROWS: block.rows } });
  else if (isTile(variant)) recorder.call(tiledShader, { ...call, constants: { ...TILES[variant], ...constants } });
  else recorder.call(registersShader, { ...call, constants });
}
