// InfoNCE over the documents of a batch (van den Oord et al. 2018): per query b, -log softmax(scores[b] / temperature)[positive].
// scores (B, pitch) are cosines; dscores (B, pitch) = weight / B * (softmax - onehot) / temperature; losses (B) = loss / B.
// One workgroup owns one query.

struct Dims {
  rows: u32, rows_slot: u32, rows_start: u32,
  columns: u32, columns_slot: u32, columns_start: u32,
  pitch: u32, inverse_temperature: f32, weight: f32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> positive: array<u32>;
@group(0) @binding(3) var<storage, read> scores: array<f32>;
@group(0) @binding(4) var<storage, read_write> dscores: array<f32>;
@group(0) @binding(5) var<storage, read_write> losses: array<f32>;

var<workgroup> shared_value: array<f32, 64>;

// The sum over the workgroup, as a fixed tree; every invocation gets it.
fn sum_all(lane: u32, value: f32) -> f32 {
  shared_value[lane] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { shared_value[lane] += shared_value[lane + step]; }
    workgroupBarrier();
  }
  let result = shared_value[0];
  workgroupBarrier();
  return result;
}

fn max_all(lane: u32, value: f32) -> f32 {
  shared_value[lane] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { shared_value[lane] = max(shared_value[lane], shared_value[lane + step]); }
    workgroupBarrier();
  }
  let result = shared_value[0];
  workgroupBarrier();
  return result;
}

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let rows = live(dims.rows, dims.rows_slot, dims.rows_start);
  if (row >= rows) { return; }
  let columns = live(dims.columns, dims.columns_slot, dims.columns_start);
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
