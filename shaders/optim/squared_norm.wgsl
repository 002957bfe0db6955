// sums (groups) at `first` onwards: the sum of squares of 4,096 gradients each, as a fixed tree. The first half of the global norm.

#include "lib/grid.wgsl"
#include "lib/reduce.wgsl"

struct Dims { length: u32, first: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> gradients: array<f32>; // (length)
@group(0) @binding(2) var<storage, read_write> sums: array<f32>; // (first + (length + 4095) / 4096)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let block = flat_group(group, groups);
  let first = block * 4096u;
  let end = min(first + 4096u, dims.length);
  var sum = 0.0;
  for (var i = first + lane; i < end; i += 64u) { sum = fma(gradients[i], gradients[i], sum); }
  sum = sum_all(lane, sum);
  if (lane == 0u && dims.length > first) { sums[dims.first + block] = sum; }
}
