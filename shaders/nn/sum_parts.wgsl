// out (+)= the sums of what other kernels left in parts, of many tensors at once, each part after part in order. One invocation
// adds up one element: weight gradients of which each part sums some of the rows.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/parts.wgsl"

// A tensor of `length` elements from `into` on in out; part p of it lies at `first` + p `stride` in `pieces`, all in floats.
struct Sum {
  group: u32, // the first workgroup of it
  into: u32,
  first: u32,
  length: u32,
  stride: u32,
  parts: u32,
  cut: u32, // 1: at most so many parts, as parts.wgsl cuts the rows
}
struct Dims { rows: Rows, sums: u32, accumulate: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> sums: array<Sum>; // (sums)
@group(0) @binding(3) var<storage, read> pieces: array<f32>; // (?)
@group(0) @binding(4) var<storage, read_write> out: array<f32>; // (?)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = flat_group(group, groups);
  // The last tensor that begins here or before.
  var low = 0u;
  var high = dims.sums;
  while (high - low > 1u) {
    let middle = (low + high) / 2u;
    if (sums[middle].group <= own) { low = middle; } else { high = middle; }
  }
  let s = sums[low];
  let i = (own - s.group) * 64u + lane;
  if (i >= s.length) { return; }
  var parts = s.parts;
  if (s.cut == 1u) { parts = part_count(live(dims.rows), s.parts); }
  var sum = 0.0;
  for (var p = 0u; p < parts; p++) { sum += pieces[s.first + p * s.stride + i]; }
  if (dims.accumulate == 1u) { sum += out[s.into + i]; }
  out[s.into + i] = sum;
}
