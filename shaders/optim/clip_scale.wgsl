// The global norm of all gradients from its partial sums, and what clipping multiplies them by (torch's clip_grad_norm_):
// clip[0] = min(1, max_norm / (norm + 1e-6)); ring[slot of this step, column] = norm. A single workgroup.

#include "lib/reduce.wgsl"
#include "lib/step.wgsl"

struct Dims { blocks: u32, width: u32, column: u32, max_norm: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> state: StepState;
@group(0) @binding(2) var<storage, read> sums: array<f32>; // (blocks)
@group(0) @binding(3) var<storage, read_write> clip: array<f32>; // (?)
@group(0) @binding(4) var<storage, read_write> ring: array<f32>; // (?, width)

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = 0.0;
  for (var i = lane; i < dims.blocks; i += 64u) { sum += sums[i]; }
  let norm = sqrt(sum_all(lane, sum));
  if (lane == 0u) {
    clip[0] = min(1.0, dims.max_norm / (norm + 1.0e-6));
    ring[state.slot * dims.width + dims.column] = norm;
  }
}
