// InfoNCE over the documents of a batch (van den Oord et al. 2018): per query b, -log softmax(scores[b] / temperature)[positive].
// scores (B, pitch) are cosines; dscores (B, pitch) = weight / B * (softmax - onehot) / temperature; losses (B) = loss / B.
// One workgroup owns one query.

#include "lib/rows.wgsl"
#include "lib/reduce.wgsl"

struct Dims {
  rows: Rows,
  columns: Rows,
  pitch: u32, inverse_temperature: f32, weight: f32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> positive: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> scores: array<f32>; // (rows, pitch)
@group(0) @binding(4) var<storage, read_write> dscores: array<f32>; // (rows, pitch)
@group(0) @binding(5) var<storage, read_write> losses: array<f32>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let rows = live(dims.rows);
  if (row >= rows) { return; }
  let columns = live(dims.columns);
  let at = row * dims.pitch;
  let right = positive[row];
  var biggest = -3.0e38;
  for (var k = lane; k < columns; k += 64u) { biggest = max(biggest, scores[at + k] * dims.inverse_temperature); }
  biggest = max_all(lane, biggest);
  var total = 0.0;
  for (var k = lane; k < columns; k += 64u) { total += exp(scores[at + k] * dims.inverse_temperature - biggest); }
  total = sum_all(lane, total);
  let scale = dims.weight * dims.inverse_temperature / f32(rows);
  for (var k = lane; k < columns; k += 64u) {
    let p = exp(scores[at + k] * dims.inverse_temperature - biggest) / total;
    dscores[at + k] = scale * (p - select(0.0, 1.0, k == right));
  }
  if (lane == 0u) {
    losses[row] = (biggest + log(total) - scores[at + right] * dims.inverse_temperature) / f32(rows);
  }
}
