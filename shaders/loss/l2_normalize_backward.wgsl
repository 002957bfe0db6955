// dx (B, C) = (dy - y (y · dy)) / |x|. One invocation owns one row. From y = x / |x|.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, channels: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> y: array<f32>; // (rows, channels)
@group(0) @binding(3) var<storage, read> norms: array<f32>; // (rows)
@group(0) @binding(4) var<storage, read> dy: array<f32>; // (rows, channels)
@group(0) @binding(5) var<storage, read_write> dx: array<f32>; // (rows, channels)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat_index(id, groups, 64u);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.channels;
  var along = 0.0;
  for (var c = 0u; c < dims.channels; c++) { along = fma(y[at + c], dy[at + c], along); }
  // A zero row has no direction to turn.
  let scale = select(0.0, 1.0 / norms[row], norms[row] > 1.0e-12);
  for (var c = 0u; c < dims.channels; c++) { dx[at + c] = (dy[at + c] - y[at + c] * along) * scale; }
}
