// dtable (V, C) += sum of dout (N, C) over the rows that looked a token up. One invocation owns one element of one distinct
// token's row, so no atomics: `order` lists the rows of distinct token u at offsets[u] … offsets[u + 1].
// From out[n] = table[ids[n]]. Of the table, tokens `first` to `first + count` are here; others are passed over.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, channels: u32, first: u32, count: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> distinct: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> offsets: array<u32>; // (rows + 1)
@group(0) @binding(4) var<storage, read> order: array<u32>; // (rows)
@group(0) @binding(5) var<storage, read> dout: array<f32>; // (?, channels)
@group(0) @binding(6) var<storage, read_write> dtable: array<f32>; // (?, channels)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let u = i / dims.channels;
  if (u >= live(dims.rows)) { return; }
  let token = distinct[u] - dims.first;
  if (token >= dims.count) { return; }
  let channel = i % dims.channels;
  var sum = 0.0;
  for (var at = offsets[u]; at < offsets[u + 1u]; at++) {
    sum += dout[order[at] * dims.channels + channel];
  }
  dtable[token * dims.channels + channel] += sum;
}
