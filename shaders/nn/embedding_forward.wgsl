// out (N, C) = table (V, C) at ids (N). One invocation copies one element. Of the table, tokens `first` to `first + count` are
// here; rows of others are left as they are.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/weights.wgsl"

struct Dims { rows: Rows, channels: u32, first: u32, count: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> ids: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> table: array<u32>; // (?): elements as in weights.wgsl
@group(0) @binding(4) var<storage, read_write> out: array<f32>; // (rows, channels)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.channels;
  if (row >= live(dims.rows)) { return; }
  let token = ids[row] - dims.first;
  if (token >= dims.count) { return; }
  let at = token * dims.channels + i % dims.channels;
  if (WEIGHTS >= Q8_0) {
    out[i] = unpack(table[scale_word_of(at)], table[word_of(at)], at);
  } else {
    out[i] = widen(table[word_of(at)], at);
  }
}
