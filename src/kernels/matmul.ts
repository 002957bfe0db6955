import quadsSource from '../../shaders/nn/matmul_quads.wgsl';
import registersSource from '../../shaders/nn/matmul_registers.wgsl';
import tiledSource from '../../shaders/nn/matmul_tiled.wgsl';
import type { Gpu, View } from '../gpu/gpu';
import type { Recorder } from '../gpu/recorder';
import type { Constants } from '../gpu/specialise';
import { usesQuads } from './quads';
import { rowWords, type KernelContext, type Rows } from './rows';
import { weightConstant, type Dtype } from './weights';

/** A matrix in a buffer: element (i, j) lies at i·stride + j, or at j·stride + i where `transposed`. */
export interface Matrix {
  view: View;
  stride: number;
  transposed?: boolean;
}

/** The left side, which may begin inside its buffer. */
export interface LeftMatrix extends Matrix {
  /** Elements before its first. */
  base?: number;
}

/** The right side, which may hold halves; the product is that of f32 weights of the same values, bit for bit. */
export interface RightMatrix extends Matrix {
  dtype?: Dtype;
}

export interface MatmulOptions {
  rows: Rows;
  inner: Rows;
  columns: number;
  /** (rows, inner) */
  a: LeftMatrix;
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
  /** C += A · B */
  accumulate?: boolean;
  /** The sums go on from what C holds: products over parts of `inner`, in order, give the bits of one over all of it. */
  continued?: boolean;
}

/** A shader of the product: the block of C that a workgroup computes. All sum in the same order and give the same bits. */
interface Shader {
  source: string;
  rows: number;
  columns: number;
  constants?: Constants;
}

/** Through workgroup memory: what pays on hardware. In registers alone: a CPU adapter. */
const SHADERS: Record<'tiled' | 'registers', Shader> = {
  tiled: { source: tiledSource, rows: 64, columns: 64 },
  registers: { source: registersSource, rows: 32, columns: 64 },
};

/** In registers, four lanes loading for each other: a CPU adapter with subgroups; LLVM, under most, likes smaller blocks. */
function quads(gpu: Gpu): Shader {
  const [groups, depth] = gpu.adapter.architecture === 'swiftshader' ? [8, 4] : [4, 2];
  return { source: quadsSource, rows: groups * 8, columns: 64, constants: { GROUPS: groups, DEPTH: depth } };
}

export type MatmulVariant = keyof typeof SHADERS | 'quads';

/** The variants this adapter can run, best first (docs/decisions/software-adapters.md). */
export function matmulVariants(gpu: Gpu): MatmulVariant[] {
  if (!gpu.adapter.software) return ['tiled', 'registers'];
  return usesQuads(gpu) ? ['quads', 'registers', 'tiled'] : ['registers', 'tiled'];
}

/** C = A · B. */
export function matmul(
  recorder: Recorder,
  { counts }: KernelContext,
  o: MatmulOptions,
  variant: MatmulVariant = matmulVariants(recorder.gpu)[0]!,
): void {
  // The shader adds one thing or the other; no layer of ours has both.
  if (o.bias && o.residual) throw new RangeError('matmul adds a bias or a residual, not both');
  const shader = variant === 'quads' ? quads(recorder.gpu) : SHADERS[variant];
  const kernel = recorder.gpu.kernel(`matmul_${variant}`, shader.source, {
    ...shader.constants,
    WEIGHTS: weightConstant(o.b.dtype ?? 'f32'),
    ...(o.continued ? { CONTINUE: 1 } : {}),
  });
  const [aRow, aInner] = o.a.transposed ? [1, o.a.stride] : [o.a.stride, 1];
  const [bInner, bColumn] = o.b.transposed ? [1, o.b.stride] : [o.b.stride, 1];
  const words = [
    ...rowWords(o.rows),
    ...rowWords(o.inner),
    o.columns,
    o.a.base ?? 0,
    aRow,
    aInner,
    bInner,
    bColumn,
    o.cBase ?? 0,
    o.cStride,
    o.accumulate ? 1 : 0,
    o.bias ? 1 : o.residual ? 2 : 0,
  ];
  recorder.dispatch(
    kernel,
    words,
    [counts, o.a.view, o.b.view, o.bias ?? o.residual ?? counts, o.c],
    [Math.ceil(o.columns / shader.columns), Math.ceil(o.rows.limit / shader.rows), 1],
  );
}
