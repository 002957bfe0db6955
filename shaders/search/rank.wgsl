// ranks (Q): where document wanted[q] stands among all documents of scores (Q, pitch), from 1; ties go to the lower row.
// One workgroup counts for one query. wanted = 0xffffffff gives 0.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"

struct Dims { rows: Rows, columns: u32, pitch: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> wanted: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> scores: array<f32>; // ((rows - 1) * pitch + columns)
@group(0) @binding(4) var<storage, read_write> ranks: array<u32>; // (rows)

var<workgroup> better: array<u32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = flat_group(group, groups);
  if (row >= live(dims.rows)) { return; }
  let mine = wanted[row];
  if (mine >= dims.columns) {
    if (lane == 0u) { ranks[row] = 0u; }
    return;
  }
  let at = row * dims.pitch;
  let score = scores[at + mine];
  var ahead = 0u;
  for (var k = lane; k < dims.columns; k += 64u) {
    let other = scores[at + k];
    if (other > score || (other == score && k < mine)) { ahead++; }
  }
  better[lane] = ahead;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { better[lane] += better[lane + step]; }
    workgroupBarrier();
  }
  if (lane == 0u) { ranks[row] = better[0] + 1u; }
}
