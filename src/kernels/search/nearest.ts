import quadsShader from '../../../shaders/search/nearest_blocks_quads.wgsl';
import tiledShader from '../../../shaders/search/nearest_blocks_tiled.wgsl';
import candidatesShader from '../../../shaders/search/nearest_candidates.wgsl';
import type { Gpu, View } from '../../gpu/gpu';
import type { Filled } from '../../gpu/call';
import { grid, type Recorder } from '../../gpu/recorder';
import { factorConstants } from '../matmul/half';
import { usesQuads } from '../matmul/quads';
import { isTile, tileBlock, tileFor, TILES, usesTiles, type TileName } from '../matmul/tiles';
import type { KernelContext, Rows } from '../rows';
import { topK } from './search';

/** Queries (rows, d) and documents (columns, d), L2-normalised, and how many documents of each query are wanted, k ≤ columns. */
export interface NearestShape {
  rows: Rows;
  columns: number;
  dimension: number;
  k: number;
}

/** The shaders of the blocks' maxima. All sum in the order of a product and give the same bits. */
export type NearestVariant = 'quads' | TileName;

/** Queries of an invocation are 4 GROUPS, documents 4 FOURS, a block; LLVM, under most CPU adapters, likes smaller ones. */
const quadConstants = (gpu: Gpu) =>
  gpu.adapter.architecture === 'swiftshader' ? { GROUPS: 8, FOURS: 2, DEPTH: 4 } : { GROUPS: 4, FOURS: 2, DEPTH: 2 };

/** The fastest variant. */
export function nearestVariant(gpu: Gpu, { rows, columns, dimension }: NearestShape): NearestVariant {
  if (usesTiles(gpu)) return tileFor(gpu, [{ rows: rows.limit, inner: dimension, columns }]);
  return usesQuads(gpu) ? 'quads' : 'tiled16';
}

/** The block of cosines that a workgroup computes, and the documents of which it keeps the largest. */
function blockOf(gpu: Gpu, variant: NearestVariant): { rows: number; columns: number; block: number } {
  if (isTile(variant)) {
    const { rows, columns } = tileBlock(TILES[variant]);
    return { rows, columns, block: columns };
  }
  const { GROUPS, FOURS } = quadConstants(gpu);
  return { rows: 2 * 4 * GROUPS, columns: 8 * 4 * FOURS, block: 4 * FOURS };
}

/** How `nearest` cuts documents into blocks, and the elements of what it needs besides. */
export function nearestSizes(
  gpu: Gpu,
  shape: NearestShape,
  variant: NearestVariant = nearestVariant(gpu, shape),
): { block: number; count: number; picked: number; best: number; blocks: number; scores: number } {
  const { rows, columns, k } = shape;
  const { block } = blockOf(gpu, variant);
  const count = Math.ceil(columns / block);
  const picked = Math.min(k, count);
  const [best, blocks] = [rows.limit * count, rows.limit * picked];
  return { block, count, picked, best, blocks, scores: blocks * block };
}

export interface NearestViews {
  queries: View;
  documents: View;
  /** Scratch: the largest cosine of each query with each block, (rows, count). */
  best: View;
  /** Scratch: the blocks of the largest of these, (rows, picked), and these, (rows, picked). */
  blocks: View;
  maxima: View;
  /** Scratch: the cosines with the documents of these blocks, (rows, picked × block). */
  scores: View;
  /** Rows of documents, best first, ties to the lower row, (rows, k). */
  ids: View;
  /** Their cosines, (rows, k). */
  values: View;
}

/**
 * The k nearest documents of each query, for which no table of cosines is written: of each block of documents the largest cosine
 * is kept, the k blocks of the largest hold the k nearest, and their cosines alone are computed again. The same documents
 * and the same bits as a product and `topK`.
 */
export function nearestDocuments(
  recorder: Recorder,
  { counts }: KernelContext,
  shape: NearestShape,
  v: NearestViews,
  variant: NearestVariant = nearestVariant(recorder.gpu, shape),
): void {
  const { gpu } = recorder;
  const { rows, columns, dimension: inner, k } = shape;
  const { block, count, picked } = nearestSizes(gpu, shape, variant);
  const of = blockOf(gpu, variant);
  const { queries, documents, best, blocks, maxima, scores, ids, values } = v;
  const call = {
    uniforms: { rows, columns, inner, blocks: count },
    bindings: { counts, queries, documents, best },
    groups: [Math.ceil(columns / of.columns), Math.ceil(rows.limit / of.rows), 1] as const,
    work: ({ live }: Filled) => ({
      flops: live(rows) * columns * (2 * inner + 1),
      bytes: 4 * ((live(rows) + columns) * inner + live(rows) * count),
    }),
  };
  if (isTile(variant)) recorder.call(tiledShader, { ...call, constants: { ...TILES[variant], ...factorConstants() } });
  else recorder.call(quadsShader, { ...call, constants: quadConstants(gpu) });
  topK(
    recorder,
    { counts },
    { rows, columns: count, pitch: count, k: picked, scores: best, ids: blocks, values: maxima },
  );
  const candidates = picked * block;
  recorder.call(candidatesShader, {
    uniforms: { rows, columns, inner, block, picked },
    bindings: { counts, queries, documents, blocks, scores },
    groups: grid(rows.limit * candidates, 64),
    work: ({ live }) => ({
      flops: live(rows) * candidates * 2 * inner,
      bytes: 4 * live(rows) * (candidates * (inner + 1) + inner + picked),
    }),
  });
  const places = { view: blocks, length: block };
  topK(recorder, { counts }, { rows, columns: candidates, pitch: candidates, k, scores, ids, values, blocks: places });
}
