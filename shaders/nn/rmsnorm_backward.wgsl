// dx (+)= rstd * (g - x * rstd² * mean(g * x)) with g = dy * weight. One invocation owns one row (C).
// From y = x * rstd * weight, where rstd depends on every x of the row.
//
// Rows are addressed in groups, so that one kernel serves a whole row (group 1) and the heads of q or k inside a wider row:
// row r lies at (r / group) * stride + base + (r % group) * C.

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, channels: u32, group: u32, stride: u32, base: u32, accumulate: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> rstd: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

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
  let row = flat_index(id, groups, 64u);
  if (row >= live(dims.rows, dims.rows_slot, dims.rows_start) * dims.group) { return; }
  let at = (row / dims.group) * dims.stride + dims.base + (row % dims.group) * dims.channels;
  let r = rstd[row];
  var dot = 0.0;
  for (var c = 0u; c < dims.channels; c++) { dot = fma(dy[at + c] * weight[c], x[at + c], dot); }
  let pull = dot / f32(dims.channels) * r * r;
  for (var c = 0u; c < dims.channels; c++) {
    let d = r * (dy[at + c] * weight[c] - x[at + c] * pull);
    if (dims.accumulate == 1u) { dx[at + c] += d; } else { dx[at + c] = d; }
  }
}
