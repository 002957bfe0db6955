import type { Vector } from '../reference/arrays';

const TERMS = 200;

/**
 * The complement of the error function, for z ≥ 0: its Taylor series below 2.5, else Laplace's continued fraction
 * (Abramowitz and Stegun 7.1.5 and 7.1.14).
 */
function erfc(z: number): number {
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 1; n < TERMS; n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = z;
  for (let n = TERMS; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.exp(-z * z) / fraction / Math.sqrt(Math.PI);
}

/** x → x · Φ(x), Φ the normal distribution. */
export const geluForward = (x: Vector): Float64Array =>
  Float64Array.from(x, (value) => {
    const tail = 0.5 * erfc(Math.abs(value) / Math.SQRT2);
    return value * (value < 0 ? tail : 1 - tail);
  });
