// sums (P, C) = sum over 64 rows of dy * x * rstd: the first half of dweight; column_sum.wgsl adds the P rows of it.
// From y = x * rstd * weight. One invocation sums one column of one block of 64 rows.

#include "lib/rows.wgsl"
#include "lib/norm.wgsl"

struct Dims { norm: NormRows }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // ((norm.rows - 1) * norm.stride + norm.base + norm.group * norm.channels)
@group(0) @binding(3) var<storage, read> rstd: array<f32>; // (norm.rows, norm.group)
@group(0) @binding(4) var<storage, read> dy: array<f32>; // ((norm.rows - 1) * norm.stride + norm.base + norm.group * norm.channels)
@group(0) @binding(5) var<storage, read_write> sums: array<f32>; // ((norm.rows * norm.group + 63) / 64, norm.channels)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= dims.norm.channels) { return; }
  let rows = live_norms(dims.norm);
  let first = id.y * 64u;
  let end = min(first + 64u, rows);
  var sum = 0.0;
  for (var row = first; row < end; row++) {
    let at = norm_start(dims.norm, row) + c;
    sum = fma(dy[at] * x[at], rstd[row], sum);
  }
  sums[id.y * dims.norm.channels + c] = sum;
}
