// out (N, F) = silu(gate) * up, with gate_up (N, 2F) holding gate, then up. One invocation makes one element.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/swiglu.wgsl"

struct Dims { rows: Rows, features: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> gate_up: array<f32>; // (rows, features * 2)
@group(0) @binding(3) var<storage, read_write> out: array<f32>; // (rows, features)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.features;
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.features * 2u + i % dims.features;
  out[i] = swiglu(gate_up[at], gate_up[at + dims.features]);
}
