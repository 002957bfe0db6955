// logprobs (S) = log softmax(logits / temperature)[label] and entropies (S), for one chunk of rows; logits are only read.
// One workgroup owns one row.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/reduce.wgsl"

struct Dims { rows: Rows, vocabulary: u32, inverse_temperature: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> labels: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> logits: array<f32>; // (rows, vocabulary)
@group(0) @binding(4) var<storage, read_write> logprobs: array<f32>; // (rows)
@group(0) @binding(5) var<storage, read_write> entropies: array<f32>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = flat_group(group, groups);
  if (row >= live(dims.rows)) { return; }
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
