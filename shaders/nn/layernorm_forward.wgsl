// y = (z - mean(z)) / sqrt(var(z) + eps) * weight + bias with z = x + residual (Ba, Kiros and Hinton, 2016). One invocation
// normalises one row (C).

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, channels: u32, eps: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // (rows, channels)
@group(0) @binding(3) var<storage, read> residual: array<f32>; // (rows, channels)
@group(0) @binding(4) var<storage, read> weight: array<f32>; // (channels)
@group(0) @binding(5) var<storage, read> bias: array<f32>; // (channels)
@group(0) @binding(6) var<storage, read_write> y: array<f32>; // (rows, channels)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat_index(id, groups, 64u);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.channels;
  let count = f32(dims.channels);
  var sum = 0.0;
  for (var c = 0u; c < dims.channels; c++) { sum += x[at + c] + residual[at + c]; }
  let mean = sum / count;
  var squares = 0.0;
  for (var c = 0u; c < dims.channels; c++) {
    let d = x[at + c] + residual[at + c] - mean;
    squares = fma(d, d, squares);
  }
  let r = 1.0 / sqrt(squares / count + dims.eps);
  for (var c = 0u; c < dims.channels; c++) {
    y[at + c] = (x[at + c] + residual[at + c] - mean) * r * weight[c] + bias[c];
  }
}
