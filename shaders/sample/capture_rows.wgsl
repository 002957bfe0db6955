// Keeps the final hidden state of each sequence whose stop token was just read: captured (sequences, C), and emitted
// (sequences) = 1. One invocation copies one element of one row.
//
// state: [0] position t of the token being made, [1] sequences, [2] tokens at most, [3] stop token, [4] seed, [5] stream,
// [6] step, [7] top-k, [8] 1 / temperature as float bits (0: greedy), [9] top-p as float bits.

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, channels: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> rows: array<vec4u>; // (id, position, sequence, done)
@group(0) @binding(4) var<storage, read> hidden: array<f32>;
@group(0) @binding(5) var<storage, read_write> captured: array<f32>;
@group(0) @binding(6) var<storage, read_write> emitted: array<u32>;

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

fn flat_index(id: vec3u, groups: vec3u, size: u32) -> u32 {
  return id.x + id.y * groups.x * size;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.channels;
  if (row >= live(dims.rows, dims.rows_slot, dims.rows_start)) { return; }
  let info = rows[row];
  if (info.x != state[3]) { return; }
  let channel = i % dims.channels;
  captured[info.z * dims.channels + channel] = hidden[i];
  if (channel == 0u) { emitted[info.z] = 1u; }
}
