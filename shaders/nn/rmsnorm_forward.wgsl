// y = x * rstd * weight, rstd = 1 / sqrt(mean(x²) + eps) (Zhang and Sennrich, 2019). One invocation normalises one row (C).

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/norm.wgsl"

struct Dims { norm: NormRows, eps: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // ((norm.rows - 1) * norm.stride + norm.base + norm.group * norm.channels)
@group(0) @binding(3) var<storage, read> weight: array<f32>; // (norm.channels)
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // ((norm.rows - 1) * norm.stride + norm.base + norm.group * norm.channels)
@group(0) @binding(5) var<storage, read_write> rstd: array<f32>; // (norm.rows, norm.group)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat_index(id, groups, 64u);
  if (row >= live_norms(dims.norm)) { return; }
  let at = norm_start(dims.norm, row);
  var squares = 0.0;
  for (var c = 0u; c < dims.norm.channels; c++) { squares = fma(x[at + c], x[at + c], squares); }
  let r = 1.0 / sqrt(squares / f32(dims.norm.channels) + dims.eps);
  rstd[row] = r;
  for (var c = 0u; c < dims.norm.channels; c++) { y[at + c] = x[at + c] * r * weight[c]; }
}
