import type { RopeScaling } from '../../config/architecture';
import { checkLength, type Vector } from '../reference/arrays';
import { ropeFrequencies } from '../../config/rope-frequencies';

/** x (rows, heads, headDim). */
export interface RopeShape {
  heads: number;
  headDim: number;
}

/** cos and sin (positions, headDim / 2) of position · theta^(−2j / headDim). */
export interface RopeTable {
  cos: Float64Array;
  sin: Float64Array;
}

/** The table for positions 0 .. `positions` − 1, made in f64 because WGSL promises little for `sin` and `cos`. */
export function ropeTable(positions: number, headDim: number, theta: number, scaling?: RopeScaling): RopeTable {
  const frequencies = ropeFrequencies(headDim, theta, scaling);
  const half = headDim / 2;
  const cos = new Float64Array(positions * half);
  const sin = new Float64Array(positions * half);
  for (let p = 0; p < positions; p++) {
    for (let j = 0; j < half; j++) {
      const angle = p * frequencies[j]!;
      cos[p * half + j] = Math.cos(angle);
      sin[p * half + j] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

/**
 * x (N, H, hd), positions (N) → (N, H, hd). Hugging Face's rotate_half convention: value j is paired with j + hd/2,
 * and each pair turns by the angle of (position, j). The kernel may write over x; the reference does not.
 */
export function ropeForward(x: Vector, positions: Vector, table: RopeTable, shape: RopeShape): Float64Array {
  return rotate(x, positions, table, shape, 1);
}

/** dy (N, H, hd) → dx (N, H, hd): the rotation by the opposite angle. */
export function ropeBackward(dy: Vector, positions: Vector, table: RopeTable, shape: RopeShape): Float64Array {
  return rotate(dy, positions, table, shape, -1);
}

function rotate(x: Vector, positions: Vector, table: RopeTable, shape: RopeShape, sign: 1 | -1): Float64Array {
  const { heads, headDim } = shape;
  const half = headDim / 2;
  checkLength('x', x, positions.length * heads * headDim);
  const y = new Float64Array(x.length);
  for (let i = 0; i < positions.length; i++) {
    for (let h = 0; h < heads; h++) {
      const row = (i * heads + h) * headDim;
      for (let j = 0; j < half; j++) {
        const cos = table.cos[positions[i]! * half + j]!;
        const sin = table.sin[positions[i]! * half + j]! * sign;
        const a = x[row + j]!;
        const b = x[row + j + half]!;
        y[row + j] = a * cos - b * sin;
        y[row + j + half] = b * cos + a * sin;
      }
    }
  }
  return y;
}
