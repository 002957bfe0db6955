import { checkLength, gatherRows, scatterAddRows, type Vector } from '../reference/arrays';

/** table (V, C), ids (N) → (N, C): row `ids[i]` of the table. */
export function embeddingForward(table: Vector, ids: Vector, width: number): Float64Array {
  return gatherRows(table, ids, width);
}

/** dy (N, C), ids (N) → dtable (V, C): an id that occurs twice gets both rows. */
export function embeddingBackward(dy: Vector, ids: Vector, vocabulary: number, width: number): Float64Array {
  checkLength('dy', dy, ids.length * width);
  const dtable = new Float64Array(vocabulary * width);
  scatterAddRows(dtable, dy, ids, width);
  return dtable;
}
