// Cross-entropy and KL(base || model) of one chunk of rows, and their gradient, in place: logits (S, V) become dlogits.
// losses (S) = weight * ce, divergences (S) = weight * KL. One workgroup owns one row.
//
// KL = Σ p_base (log p_base - log p), so dKL/dlogits = p - p_base; ce as in cross_entropy.wgsl. kl_scale is the term's weight
// in the loss; weights (S, 2) hold a row's share of each term (of KL: 1 / supervised rows, 0 for replayed ones).

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/reduce.wgsl"

struct Dims { rows: Rows, vocabulary: u32, kl_scale: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> labels: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> weights: array<vec2f>; // (rows): the shares of cross-entropy and KL
@group(0) @binding(4) var<storage, read> base_logits: array<f32>; // (rows, vocabulary)
@group(0) @binding(5) var<storage, read_write> logits: array<f32>; // (rows, vocabulary)
@group(0) @binding(6) var<storage, read_write> losses: array<f32>; // (rows)
@group(0) @binding(7) var<storage, read_write> divergences: array<f32>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = flat_group(group, groups);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.vocabulary;
  let label_logit = logits[at + labels[row]];
  var biggest = -3.0e38;
  var base_biggest = -3.0e38;
  for (var v = lane; v < dims.vocabulary; v += 64u) {
    biggest = max(biggest, logits[at + v]);
    base_biggest = max(base_biggest, base_logits[at + v]);
  }
  biggest = max_all(lane, biggest);
  base_biggest = max_all(lane, base_biggest);
  var total = 0.0;
  var base_total = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) {
    total += exp(logits[at + v] - biggest);
    base_total += exp(base_logits[at + v] - base_biggest);
  }
  total = sum_all(lane, total);
  base_total = sum_all(lane, base_total);
  let lse = biggest + log(total);
  let base_lse = base_biggest + log(base_total);
  let weight = weights[row];
  // The label's logit has been read; from here on rows are overwritten.
  storageBarrier();
  var divergence = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) {
    let p = exp(logits[at + v] - biggest) / total;
    let q = exp(base_logits[at + v] - base_biggest) / base_total;
    divergence += q * ((base_logits[at + v] - base_lse) - (logits[at + v] - lse));
    logits[at + v] = weight.x * (p - select(0.0, 1.0, v == labels[row])) + dims.kl_scale * weight.y * (p - q);
  }
  divergence = sum_all(lane, divergence);
  if (lane == 0u) {
    losses[row] = weight.x * (lse - label_logit);
    divergences[row] = weight.y * divergence;
  }
}
