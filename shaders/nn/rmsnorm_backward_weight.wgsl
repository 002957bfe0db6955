// sums (P, C) = sum over 64 rows of dy * x * rstd: the first half of dweight; column_sum.wgsl adds the P rows of it.
// From y = x * rstd * weight. One invocation sums one column of one block of 64 rows.
//
// Rows are addressed in groups, so that one kernel serves a whole row (group 1) and the heads of q or k inside a wider row:
// row r lies at (r / group) * stride + base + (r % group) * C.

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, channels: u32, group: u32, stride: u32, base: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> rstd: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= dims.channels) { return; }
  let rows = live(dims.rows, dims.rows_slot, dims.rows_start) * dims.group;
  let first = id.y * 64u;
  let end = min(first + 64u, rows);
  var sum = 0.0;
  for (var row = first; row < end; row++) {
    let at = (row / dims.group) * dims.stride + dims.base + (row % dims.group) * dims.channels + c;
    sum = fma(dy[at] * x[at], rstd[row], sum);
  }
  sums[id.y * dims.channels + c] = sum;
}
