// logprobs (S) = log softmax(logits / temperature)[label] and entropies (S), for one chunk of rows; logits are only read.
// One workgroup owns one row.

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, vocabulary: u32, inverse_temperature: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> logits: array<f32>;
@group(0) @binding(4) var<storage, read_write> logprobs: array<f32>;
@group(0) @binding(5) var<storage, read_write> entropies: array<f32>;

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
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x + group.y * groups.x;
  if (row >= live(dims.rows, dims.rows_slot, dims.rows_start)) { return; }
  let at = row * dims.vocabulary;
  var biggest = -3.0e38;
  for (var v = lane; v < dims.vocabulary; v += 64u) { biggest = max(biggest, logits[at + v] * dims.inverse_temperature); }
  biggest = max_all(lane, biggest);
  var total = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) { total += exp(logits[at + v] * dims.inverse_temperature - biggest); }
  let lse = biggest + log(sum_all(lane, total));
  var entropy = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) {
    let logp = logits[at + v] * dims.inverse_temperature - lse;
    entropy -= exp(logp) * logp;
  }
  entropy = sum_all(lane, entropy);
  if (lane == 0u) {
    logprobs[row] = logits[at + labels[row]] * dims.inverse_temperature - lse;
    entropies[row] = entropy;
  }
}
