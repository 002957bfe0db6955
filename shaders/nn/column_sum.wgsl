// sums (P, C) = sums of x (rows, C) over blocks of 64 rows, each in order: from them sum_parts.wgsl makes a bias' gradient without
// atomics. One invocation sums one column of one block.

#include "lib/rows.wgsl"

struct Dims { rows: Rows, columns: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // (rows, columns)
@group(0) @binding(3) var<storage, read_write> sums: array<f32>; // ((rows + 63) / 64, columns)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= dims.columns) { return; }
  let first = id.y * 64u;
  let end = min(first + 64u, live(dims.rows));
  var sum = 0.0;
  for (var row = first; row < end; row++) { sum += x[row * dims.columns + column]; }
  sums[id.y * dims.columns + column] = sum;
}
