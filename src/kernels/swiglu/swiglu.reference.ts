import { checkLength, type Vector } from '../reference/arrays';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** gateUp (N, 2F), first F gate, last F up → (N, F) = silu(gate) · up, with silu(x) = x · sigmoid(x). */
export function swigluForward(gateUp: Vector, features: number): Float64Array {
  const rows = gateUp.length / (2 * features);
  const y = new Float64Array(rows * features);
  for (let i = 0; i < rows; i++) {
    for (let f = 0; f < features; f++) {
      const gate = gateUp[i * 2 * features + f]!;
      y[i * features + f] = gate * sigmoid(gate) * gateUp[i * 2 * features + features + f]!;
    }
  }
  return y;
}

/** dy (N, F), gateUp (N, 2F) → dgateUp (N, 2F). silu′(x) = s · (1 + x · (1 − s)) with s = sigmoid(x). */
export function swigluBackward(dy: Vector, gateUp: Vector, features: number): Float64Array {
  const rows = gateUp.length / (2 * features);
  checkLength('dy', dy, rows * features);
  const d = new Float64Array(gateUp.length);
  for (let i = 0; i < rows; i++) {
    for (let f = 0; f < features; f++) {
      const g = i * 2 * features + f;
      const u = g + features;
      const s = sigmoid(gateUp[g]!);
      d[g] = dy[i * features + f]! * gateUp[u]! * s * (1 + gateUp[g]! * (1 - s));
      d[u] = dy[i * features + f]! * gateUp[g]! * s;
    }
  }
  return d;
}
