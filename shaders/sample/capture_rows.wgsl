// Keeps the final hidden state of each sequence whose stop token was just read: captured (sequences, C), and emitted
// (sequences) = 1. One invocation copies one element of one row.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/sampling.wgsl"

struct Dims { rows: Rows, channels: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> state: SamplingState;
@group(0) @binding(3) var<storage, read> rows: array<Row>; // (rows)
@group(0) @binding(4) var<storage, read> hidden: array<f32>; // (rows, channels)
@group(0) @binding(5) var<storage, read_write> captured: array<f32>; // (?, channels)
@group(0) @binding(6) var<storage, read_write> emitted: array<u32>; // (?)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.channels;
  if (row >= live(dims.rows)) { return; }
  let info = rows[row];
  if (info.id != state.stop_token) { return; }
  let channel = i % dims.channels;
  captured[info.sequence * dims.channels + channel] = hidden[i];
  if (channel == 0u) { emitted[info.sequence] = 1u; }
}
