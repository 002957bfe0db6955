// dx (N, C) at rows (S) += dout (S, C): backward of gather_rows.wgsl. The rows are distinct, so no two invocations meet.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, channels: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> rows: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> dout: array<f32>; // (rows, channels)
@group(0) @binding(4) var<storage, read_write> dx: array<f32>; // (?, channels)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.channels;
  if (row >= live(dims.rows)) { return; }
  dx[rows[row] * dims.channels + i % dims.channels] += dout[i];
}
