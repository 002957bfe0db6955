// out (P, C) = sums of x (rows, C) over blocks of `block` rows, each in order. One invocation sums one column of one block;
// two passes (block 64, then all partials) give a bias' gradient without atomics.

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, columns: u32, block: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= dims.columns) { return; }
  let first = id.y * dims.block;
  let end = min(first + dims.block, live(dims.rows, dims.rows_slot, dims.rows_start));
  var sum = 0.0;
  for (var row = first; row < end; row++) { sum += x[row * dims.columns + column]; }
  out[id.y * dims.columns + column] = sum;
}
