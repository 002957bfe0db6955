// The cosines of each query with the documents of the blocks that were picked for it, blocks (rows, picked): scores (rows,
// picked × block), −3e38 past the last document. In the order of the products of blocks' maxima, so with their bits. One
// invocation computes one of them.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, columns: u32, inner: u32, block: u32, picked: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> queries: array<f32>; // (rows, inner)
@group(0) @binding(3) var<storage, read> documents: array<f32>; // (columns, inner)
@group(0) @binding(4) var<storage, read> blocks: array<u32>; // (rows, picked)
@group(0) @binding(5) var<storage, read_write> scores: array<f32>; // (rows, picked * block)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let candidates = dims.picked * dims.block;
  let row = i / candidates;
  if (row >= live(dims.rows)) { return; }
  let candidate = i % candidates;
  let document = blocks[row * dims.picked + candidate / dims.block] * dims.block + candidate % dims.block;
  var sum = -3.0e38;
  if (document < dims.columns) {
    sum = 0.0;
    for (var k = 0u; k < dims.inner; k++) {
      sum = fma(queries[row * dims.inner + k], documents[document * dims.inner + k], sum);
    }
  }
  scores[i] = sum;
}
