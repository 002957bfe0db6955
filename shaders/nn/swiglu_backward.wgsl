// dgate_up (N, 2F) from dout (N, F), of gate * sigmoid(gate) * up. One invocation makes one element of each half.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/swiglu.wgsl"

struct Dims { rows: Rows, features: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> gate_up: array<f32>; // (rows, features * 2)
@group(0) @binding(3) var<storage, read> dout: array<f32>; // (rows, features)
@group(0) @binding(4) var<storage, read_write> dgate_up: array<f32>; // (rows, features * 2)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.features;
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.features * 2u + i % dims.features;
  let gradient = swiglu_gradient(dout[i], gate_up[at], gate_up[at + dims.features]);
  dgate_up[at] = gradient.x;
  dgate_up[at + dims.features] = gradient.y;
}
