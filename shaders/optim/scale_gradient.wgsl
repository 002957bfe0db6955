// gradient (N, columns) *= the loss scale. One invocation makes one element.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/loss_scale.wgsl"

struct Dims { rows: Rows, columns: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> loss_scale: LossScale;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>; // (rows, columns)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  if (i / dims.columns >= live(dims.rows)) { return; }
  gradient[i] *= loss_scale.scale;
}
