// y (B, C) = x / |x|, norms (B) = |x|. One invocation owns one row.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, channels: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // (rows, channels)
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // (rows, channels)
@group(0) @binding(4) var<storage, read_write> norms: array<f32>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat_index(id, groups, 64u);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.channels;
  var squares = 0.0;
  for (var c = 0u; c < dims.channels; c++) { squares = fma(x[at + c], x[at + c], squares); }
  // A zero row stays zero instead of becoming NaN.
  let norm = max(sqrt(squares), 1.0e-12);
  norms[row] = norm;
  for (var c = 0u; c < dims.channels; c++) { y[at + c] = x[at + c] / norm; }
}
