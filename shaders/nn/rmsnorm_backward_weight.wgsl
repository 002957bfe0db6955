// dx of a norm, and sums (P, C) = over 64 rows each dy * x * rstd, from which sum_parts.wgsl makes dweight. The first workgroups
// own 64 rows (C) of dx, an invocation one; of those behind them an invocation sums one column of one block of 64 rows.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/norm.wgsl"
#include "lib/norm_backward.wgsl"

@group(0) @binding(7) var<storage, read_write> sums: array<f32>; // ((norm.rows * norm.group + 63) / 64, norm.channels)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let own = flat_group(group, groups);
  let rows = live_norms(dims.norm);
  let blocks = (dims.norm.rows.limit * dims.norm.group + 63u) / 64u;
  if (own < blocks) {
    let row = own * 64u + lane;
    if (row < rows) { row_gradient(row); }
    return;
  }
  let across = (dims.norm.channels + 63u) / 64u;
  let block = (own - blocks) / across;
  let c = (own - blocks) % across * 64u + lane;
  if (block >= blocks || c >= dims.norm.channels) { return; }
  let first = block * 64u;
  let end = min(first + 64u, rows);
  var sum = 0.0;
  for (var row = first; row < end; row++) {
    let at = norm_start(dims.norm, row) + c;
    sum = fma(dy[at] * x[at], rstd[row], sum);
  }
  sums[block * dims.norm.channels + c] = sum;
}
