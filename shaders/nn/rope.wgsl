// Rotary position embedding in place on the q and k heads of qkv (N, stride), in Hugging Face's "rotate half" order: pair
// (i, i + D/2) of a head turns by position * theta^(-2i/D). One invocation turns one pair. The table of cosines and sines
// (positions, D/2, 2) comes from the CPU, because WGSL promises little for them.
//
// forward:  a' = a cos - b sin, b' = b cos + a sin. backward (sign -1) is the rotation back.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, heads: u32, half: u32, stride: u32, sign: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> positions: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> table: array<vec2f>; // (?, half)
@group(0) @binding(4) var<storage, read_write> qkv: array<f32>; // ((rows - 1) * stride + heads * half * 2)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let per_row = dims.heads * dims.half;
  let row = i / per_row;
  if (row >= live(dims.rows)) { return; }
  let pair = i % dims.half;
  let at = row * dims.stride + ((i % per_row) / dims.half) * dims.half * 2u + pair;
  let turn = table[positions[row] * dims.half + pair];
  let s = turn.y * dims.sign;
  let a = qkv[at];
  let b = qkv[at + dims.half];
  qkv[at] = a * turn.x - b * s;
  qkv[at + dims.half] = b * turn.x + a * s;
}
