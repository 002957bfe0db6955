/**
 * The one tolerance table: a value passes within `atol + rtol · |reference|`. Engine results are float32, references
 * float64. Widening an entry needs a written reason beside it.
 */
export interface Tolerance {
  readonly atol: number;
  readonly rtol: number;
}

/** The kind of computation of a kernel, which decides how much float32 may lose. */
export type KernelKind =
  'copy' | 'elementwise' | 'reduction' | 'matmul' | 'halfMatmul' | 'attention' | 'softmax' | 'optimizer';
export type PassName = 'forward' | 'backward';

/** Single kernels, on inputs of order one and sums of at most a few thousand terms. */
export const KERNEL_TOLERANCE: Readonly<Record<KernelKind, Readonly<Record<PassName, Tolerance>>>> = {
  /** Gathers move bits; their backward is a sum over the rows that share an id. */
  copy: { forward: { atol: 0, rtol: 0 }, backward: { atol: 1e-5, rtol: 1e-5 } },
  /** RoPE, SwiGLU. `exp` may lose 3 + 2·|x| units in the last place: 3e-6 relative at |x| = 10. */
  elementwise: { forward: { atol: 1e-6, rtol: 1e-5 }, backward: { atol: 1e-6, rtol: 1e-5 } },
  /** RMSNorm, L2 normalisation: one short sum, then elementwise. */
  reduction: { forward: { atol: 1e-6, rtol: 1e-5 }, backward: { atol: 1e-5, rtol: 1e-4 } },
  /**
   * Cancellation makes the error follow the terms rather than the sum, hence the larger absolute part. Measured: 300 terms of
   * order one use up all of it, so longer sums are tested with terms scaled by 1/√n, as weights are, that sum to order one.
   */
  matmul: { forward: { atol: 1e-5, rtol: 1e-4 }, backward: { atol: 1e-4, rtol: 1e-4 } },
  /**
   * Products whose factors are rounded to halves (`model.fp16`), against f64 on factors that are not: each factor is off by
   * 2^-11 = 4.9e-4 of itself at most, so that the error follows the terms, about 3e-4 of one's size times √n for n of them, four
   * times that in the worst of thousands of sums. Against f64 on rounded factors they are held to `matmul`.
   */
  halfMatmul: { forward: { atol: 1e-2, rtol: 1e-3 }, backward: { atol: 2e-2, rtol: 1e-3 } },
  attention: { forward: { atol: 1e-5, rtol: 1e-4 }, backward: { atol: 1e-4, rtol: 1e-3 } },
  /** Cross-entropy, KL, log-probabilities, entropy, InfoNCE, triplet, GRPO. */
  softmax: { forward: { atol: 1e-5, rtol: 1e-5 }, backward: { atol: 1e-6, rtol: 1e-4 } },
  /** AdamW's first steps divide a gradient by its own size: relative error passes straight to the update. */
  optimizer: { forward: { atol: 1e-6, rtol: 1e-5 }, backward: { atol: 1e-6, rtol: 1e-5 } },
};

/** Whole models against a float64 reference, as the fixtures state them. */
export const MODEL_TOLERANCE = {
  /** Logits, hidden values, log-probabilities, embeddings: each value. */
  activation: { atol: 5e-5, rtol: 5e-5 },
  /** Losses, `kl`, `clip_ratio`, `advantage`: each value. */
  loss: { atol: 2e-5, rtol: 2e-5 },
  /** A gradient tensor: relative L2 norm of its error, see {@link compareNorm}. */
  gradient: 2e-4,
  /** A gradient tensor whose reference is all zero: each value. */
  zeroGradient: { atol: 1e-6, rtol: 0 },
  /** Losses and norms along AdamW steps: each value, relative. */
  trajectory: { atol: 0, rtol: 2e-4 },
  /**
   * Gradients and trained weights of two updates in micro-batches, against the same on whole batches, which add up in another
   * order: as `gradient`. Measured: 1.4e-5 at most, in the second update, on lavapipe. Losses are held to `loss`.
   */
  microBatches: 5e-5,
} as const satisfies Record<string, Tolerance | number>;

/**
 * The same of a model whose linear layers multiply halves (`model.fp16`), against references that do not: a factor is off by
 * 2^-11 = 4.9e-4 of itself at most, and what one layer gets wrong the next one reads. It is the width of f16, not of an order of
 * sums, so that no care of ours makes it narrower. Measured on lavapipe over the fixtures: logits within .009, losses within 3.2e-4,
 * gradients and norms along AdamW steps within .0029 (`check.gpu.test.ts`).
 */
export const HALF_TOLERANCE = {
  activation: { atol: 2e-2, rtol: 1e-2 },
  loss: { atol: 1e-3, rtol: 1e-3 },
  gradient: 1e-2,
  trajectory: { atol: 0, rtol: 1e-2 },
} as const satisfies Partial<Record<keyof typeof MODEL_TOLERANCE, Tolerance | number>>;

/** Outcome of a comparison. The largest error is reported whether it passes or not. */
export interface ToleranceReport {
  pass: boolean;
  /** Largest |actual − expected|; relative L2 norm from {@link compareNorm}. Infinity where something is not a number. */
  largest: number;
  /** Largest error over what was allowed there: at most 1 passes. */
  excess: number;
  /** Index of the element with the largest `excess`; −1 for empty arrays and norms. */
  index: number;
  actual: number;
  expected: number;
}

/**
 * Compares each value with `atol + rtol · |expected|`. Equal infinities agree; NaN never does.
 * @throws RangeError when the lengths differ.
 */
export function compare(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance): ToleranceReport {
  requireSameLength(actual, expected);
  const worst: ToleranceReport = { pass: true, largest: 0, excess: 0, index: -1, actual: 0, expected: 0 };
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i]!;
    const e = expected[i]!;
    const difference = a === e ? 0 : Math.abs(a - e);
    const error = Number.isNaN(difference) ? Infinity : difference;
    const excess = excessOf(error, tolerance.atol + tolerance.rtol * Math.abs(e));
    worst.largest = Math.max(worst.largest, error);
    if (worst.index < 0 || excess > worst.excess) {
      worst.excess = excess;
      worst.index = i;
      worst.actual = a;
      worst.expected = e;
    }
  }
  worst.pass = worst.excess <= 1;
  return worst;
}

/**
 * Compares two tensors by ‖actual − expected‖₂ / ‖expected‖₂ ≤ `limit`. A reference that is all zero has no relative
 * error: there each value must lie within `zero`.
 * @throws RangeError when the lengths differ.
 */
export function compareNorm(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  limit: number = MODEL_TOLERANCE.gradient,
  zero: Tolerance = MODEL_TOLERANCE.zeroGradient,
): ToleranceReport {
  requireSameLength(actual, expected);
  let difference = 0;
  let reference = 0;
  let norm = 0;
  for (let i = 0; i < actual.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    reference += expected[i]! ** 2;
    norm += actual[i]! ** 2;
  }
  if (reference === 0) return compare(actual, expected, zero);
  const relative = Math.sqrt(difference / reference);
  const largest = Number.isNaN(relative) ? Infinity : relative;
  const excess = excessOf(largest, limit);
  return { pass: excess <= 1, largest, excess, index: -1, actual: Math.sqrt(norm), expected: Math.sqrt(reference) };
}

/** One line for a log or a failing test. */
export function describeComparison(name: string, c: ToleranceReport): string {
  const where = c.index < 0 ? 'in norm' : `worst at [${c.index}]`;
  const verdict = c.pass ? 'passes' : 'FAILS';
  return `${name} ${verdict}: largest error ${c.largest.toExponential(3)}, ${where}: got ${c.actual}, expected ${c.expected} (${c.excess.toPrecision(3)} of the tolerance)`;
}

/**
 * {@link compare} for tests.
 * @throws Error with the largest error when it does not pass.
 */
export function assertClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): ToleranceReport {
  const result = compare(actual, expected, tolerance);
  if (!result.pass) throw new Error(describeComparison(name, result));
  return result;
}

function excessOf(error: number, allowed: number): number {
  if (error === 0) return 0;
  return Number.isFinite(error) && allowed > 0 ? error / allowed : Infinity;
}

function requireSameLength(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (actual.length !== expected.length) {
    throw new RangeError(`compared ${actual.length} values with ${expected.length}, expected as many`);
  }
}
