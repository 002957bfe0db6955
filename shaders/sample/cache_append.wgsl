// Writes k and v of the token just read, from qkv (rows, stride), into the cache (sequences, tokens, 2 × kv) at position
// t - 1 of its sequence. One invocation copies one element.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/sampling.wgsl"

struct Dims { rows: Rows, stride: u32, width: u32, pitch: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> state: SamplingState;
@group(0) @binding(3) var<storage, read> rows: array<Row>; // (rows)
@group(0) @binding(4) var<storage, read> qkv: array<f32>; // (rows, stride)
@group(0) @binding(5) var<storage, read_write> cache: array<f32>; // (?, pitch, width)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.width;
  if (row >= live(dims.rows)) { return; }
  let c = i % dims.width;
  let at = rows[row].sequence * dims.pitch + state.t - 1u;
  cache[at * dims.width + c] = qkv[row * dims.stride + dims.stride - dims.width + c];
}
