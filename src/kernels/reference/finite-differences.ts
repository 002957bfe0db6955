import { assertClose, type ToleranceReport, type Tolerance } from '../../lib/tolerance';
import type { Vector } from './arrays';

/** The tolerance that a five-point stencil in f64 reaches on smooth functions of order one. */
export const FINITE_DIFFERENCE_TOLERANCE: Tolerance = { atol: 1e-9, rtol: 1e-8 };

/**
 * ∂f/∂x by central differences of fourth order: (8·(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h. The truncation is
 * h⁴·f⁗′/30, the rounding about 1e−16·|f|/h. Within 2h of x, f must be smooth. `x` is moved and put back.
 * @param indices where to differentiate; elsewhere the result is NaN. All by default.
 */
export function numericalGradient(
  f: () => number,
  x: Float64Array,
  step = 1e-3,
  indices: Vector = x.map((_, i) => i),
): Float64Array {
  const gradient = new Float64Array(x.length).fill(NaN);
  for (let j = 0; j < indices.length; j++) {
    const i = indices[j]!;
    const kept = x[i]!;
    const at = (delta: number): number => {
      x[i] = kept + delta;
      const value = f();
      x[i] = kept;
      return value;
    };
    gradient[i] = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
  }
  return gradient;
}

/**
 * Proves a gradient: `analytic` must be ∂f/∂x, at all of x or at `indices`.
 * @throws Error with the largest error when it is not.
 */
export function assertGradient(
  name: string,
  f: () => number,
  x: Float64Array,
  analytic: Vector,
  options: { step?: number; indices?: Vector; tolerance?: Tolerance } = {},
): ToleranceReport {
  const indices = options.indices ?? x.map((_, i) => i);
  const numeric = numericalGradient(f, x, options.step, indices);
  if (analytic.length !== x.length) {
    throw new RangeError(`${name}: gradient has ${analytic.length} values, expected ${x.length}`);
  }
  const pick = (values: Vector): Float64Array => Float64Array.from(indices, (i) => values[i]!);
  return assertClose(name, pick(analytic), pick(numeric), options.tolerance ?? FINITE_DIFFERENCE_TOLERANCE);
}

/** Σ yᵢ · gᵢ: a scalar whose gradient with respect to y is g. */
export function weigh(y: Vector, g: Vector): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += y[i]! * g[i]!;
  return sum;
}
