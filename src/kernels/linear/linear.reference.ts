import { checkLength, dot, type Vector } from '../reference/arrays';

/** x (n, k), w (m, k), y (n, m): a weight is stored as Hugging Face stores it, one row per output. */
export interface LinearShape {
  n: number;
  k: number;
  m: number;
}

/** x (N, K), w (M, K), b (M) or none → y (N, M) = x · wᵀ + b. */
export function linearForward(x: Vector, w: Vector, bias: Vector | undefined, shape: LinearShape): Float64Array {
  const { n, k, m } = shape;
  checkLength('x', x, n * k);
  checkLength('w', w, m * k);
  if (bias) checkLength('bias', bias, m);
  const y = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) y[i * m + j] = dot(x, i * k, w, j * k, k) + (bias ? bias[j]! : 0);
  }
  return y;
}

/** Gradients of a linear map. `db` (M) is for the layers that have a bias. */
export interface LinearGradients {
  dx: Float64Array;
  dw: Float64Array;
  db: Float64Array;
}

/** dy (N, M), x (N, K), w (M, K) → dx (N, K) = dy · w, dw (M, K) = dyᵀ · x, db (M) = Σ rows of dy. */
export function linearBackward(dy: Vector, x: Vector, w: Vector, shape: LinearShape): LinearGradients {
  const { n, k, m } = shape;
  checkLength('dy', dy, n * m);
  checkLength('x', x, n * k);
  checkLength('w', w, m * k);
  const dx = new Float64Array(n * k);
  const dw = new Float64Array(m * k);
  const db = new Float64Array(m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const g = dy[i * m + j]!;
      db[j]! += g;
      for (let c = 0; c < k; c++) {
        dx[i * k + c]! += g * w[j * k + c]!;
        dw[j * k + c]! += g * x[i * k + c]!;
      }
    }
  }
  return { dx, dw, db };
}
