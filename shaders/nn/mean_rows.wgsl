// out (S, C) = mean of rows starts[s] … ends[s] - 1 of x (N, C). One invocation makes one element.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, channels: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> starts: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> ends: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read> x: array<f32>; // (?, channels)
@group(0) @binding(5) var<storage, read_write> out: array<f32>; // (rows, channels)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.channels;
  if (row >= live(dims.rows)) { return; }
  let channel = i % dims.channels;
  var sum = 0.0;
  for (var at = starts[row]; at < ends[row]; at++) { sum += x[at * dims.channels + channel]; }
  out[i] = sum / f32(ends[row] - starts[row]);
}
