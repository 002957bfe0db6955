// out (P, C) = sums of x (rows, C) over blocks of `block` rows, each in order. One invocation sums one column of one block;
// two passes (block 64, then all partials) give a bias' gradient without atomics. `accumulate` adds it to what is in out.

#include "lib/rows.wgsl"

struct Dims { rows: Rows, columns: u32, block: u32, accumulate: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // (rows, columns)
@group(0) @binding(3) var<storage, read_write> out: array<f32>; // ((rows + block - 1) / block, columns)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= dims.columns) { return; }
  let first = id.y * dims.block;
  let end = min(first + dims.block, live(dims.rows));
  var sum = 0.0;
  for (var row = first; row < end; row++) { sum += x[row * dims.columns + column]; }
  let at = id.y * dims.columns + column;
  if (dims.accumulate != 0u) { sum += out[at]; }
  out[at] = sum;
}
