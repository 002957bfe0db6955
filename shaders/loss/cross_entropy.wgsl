// Cross-entropy of one chunk of rows and its gradient, in place: logits (S, V) become dlogits. losses (S) = weight * ce.
// One workgroup owns one row.
//
// ce = lse - logit[label]; dlogits = weight * (softmax - onehot).

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/reduce.wgsl"

struct Dims { rows: Rows, vocabulary: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> labels: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> weights: array<f32>; // (rows)
@group(0) @binding(4) var<storage, read_write> logits: array<f32>; // (rows, vocabulary)
@group(0) @binding(5) var<storage, read_write> losses: array<f32>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = flat_group(group, groups);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.vocabulary;
  let label_logit = logits[at + labels[row]];
  var biggest = -3.0e38;
  for (var v = lane; v < dims.vocabulary; v += 64u) { biggest = max(biggest, logits[at + v]); }
  biggest = max_all(lane, biggest);
  var total = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) { total += exp(logits[at + v] - biggest); }
  total = sum_all(lane, total);
  let weight = weights[row];
  // The label's logit has been read; from here on rows are overwritten.
  storageBarrier();
  for (var v = lane; v < dims.vocabulary; v += 64u) {
    let p = exp(logits[at + v] - biggest) / total;
    logits[at + v] = weight * (p - select(0.0, 1.0, v == labels[row]));
  }
  if (lane == 0u) { losses[row] = weight * (biggest + log(total) - label_logit); }
}
