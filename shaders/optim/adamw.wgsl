// AdamW with decoupled weight decay (Loshchilov and Hutter, 2019, algorithm 2), on clipped gradients. One invocation owns one
// parameter. A negative clipping factor says that the step is skipped: weights and moments stay as they are.
//
// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g², w = w (1 - lr decay) - lr (m / c1) / (sqrt(v / c2) + eps)

#include "lib/grid.wgsl"
#include "lib/step.wgsl"

// rest1 = 1 - beta1 and rest2 = 1 - beta2 come from f64: the difference in f32 would be off by 1e-5.
struct Dims { length: u32, beta1: f32, beta2: f32, rest1: f32, rest2: f32, eps: f32, decay: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> state: StepState;
@group(0) @binding(2) var<storage, read> clip: array<f32>; // (?)
@group(0) @binding(3) var<storage, read> gradients: array<f32>; // (length)
@group(0) @binding(4) var<storage, read_write> weights: array<f32>; // (length)
@group(0) @binding(5) var<storage, read_write> first: array<f32>; // (length)
@group(0) @binding(6) var<storage, read_write> second: array<f32>; // (length)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  if (i >= dims.length || clip[0] < 0.0) { return; }
  let rate = state.rate;
  let g = gradients[i] * clip[0];
  let m = dims.beta1 * first[i] + dims.rest1 * g;
  let v = dims.beta2 * second[i] + dims.rest2 * g * g;
  first[i] = m;
  second[i] = v;
  let step = (m / state.correction1) / (sqrt(v / state.correction2) + dims.eps);
  weights[i] = weights[i] * (1.0 - rate * dims.decay) - rate * step;
}
