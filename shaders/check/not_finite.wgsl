// Whether a buffer of floats holds one that is no finite number. The first time that it does, its slot is listed, so that
// slots stand in the order in which the queue came to them. One invocation looks at one float.
//
// found: how many slots were listed, the slots, then a flag of each slot

#include "lib/grid.wgsl"

const LISTED = 64u;

struct Dims { length: u32, slot: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> values: array<u32>; // (length)
@group(0) @binding(2) var<storage, read_write> found: array<atomic<u32>>; // (?)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  if (i >= dims.length) { return; }
  // By its bits: a compiler may take it for granted that floats are finite.
  if ((values[i] & 0x7f800000u) != 0x7f800000u) { return; }
  if (atomicExchange(&found[1u + LISTED + dims.slot], 1u) != 0u) { return; }
  let at = atomicAdd(&found[0], 1u);
  if (at < LISTED) { atomicStore(&found[1u + at], dims.slot); }
}
