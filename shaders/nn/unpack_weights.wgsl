// out (count) = packed weights from element `first` on, as floats. One invocation takes eight that follow each other.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/weights.wgsl"

struct Dims { rows: Rows, first: u32, count: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> b: array<u32>; // (((first + count) * BLOCK_BYTES + 127) / 128); elements as in weights.wgsl
@group(0) @binding(3) var<storage, read_write> out: array<f32>; // (count)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let start = flat_index(id, groups, 64u) * 8u;
  // Where no row reads them, nothing is unpacked.
  if (start >= dims.count || live(dims.rows) == 0u) { return; }
  for (var j = 0u; j < 8u; j++) {
    let i = dims.first + start + j;
    out[start + j] = unpack(b[scale_word_of(i)], b[word_of(i)], i);
  }
}
