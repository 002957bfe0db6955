// dx of a norm whose weight is frozen. One invocation owns one row (C).

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/norm.wgsl"
#include "lib/norm_backward.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat_index(id, groups, 64u);
  if (row < live_norms(dims.norm)) { row_gradient(row); }
}
