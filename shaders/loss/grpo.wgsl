// GRPO's clipped objective with the k3 KL to a reference, for one chunk of sampled tokens, and its gradient, in place:
// logits (S, V) become dlogits (Shao et al. 2024, DeepSeekMath, eq. 3; k3: Schulman 2020). One workgroup owns one token.
//
// lp = log softmax(logits / temperature)[label], r = exp(lp - old),
// loss = -min(r A, clip(r, 1 - clip_low, 1 + clip_high) A) + beta (exp(ref - lp) - (ref - lp) - 1), times weight (1 / tokens).
// dloss/dlp = -A r where the unclipped side is the smaller, else 0; plus beta (1 - exp(ref - lp)).
// terms (S, 4) = weight * (objective, k3, clipped low, clipped high); logprobs (S, 2) = (lp, weight * entropy).

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/reduce.wgsl"

struct Dims {
  rows: Rows, vocabulary: u32,
  inverse_temperature: f32, clip_low: f32, clip_high: f32, beta: f32,
}

struct Token { label: u32, weight: f32, advantage: f32, old_logprob: f32, reference_logprob: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> tokens: array<Token>; // (rows)
@group(0) @binding(3) var<storage, read_write> logits: array<f32>; // (rows, vocabulary)
@group(0) @binding(4) var<storage, read_write> terms: array<vec4f>; // (rows)
@group(0) @binding(5) var<storage, read_write> logprobs: array<vec2f>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = flat_group(group, groups);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.vocabulary;
  let token = tokens[row];
  let label_logit = logits[at + token.label] * dims.inverse_temperature;
  var biggest = -3.0e38;
  for (var v = lane; v < dims.vocabulary; v += 64u) { biggest = max(biggest, logits[at + v] * dims.inverse_temperature); }
  biggest = max_all(lane, biggest);
  var total = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) { total += exp(logits[at + v] * dims.inverse_temperature - biggest); }
  total = sum_all(lane, total);
  let lse = biggest + log(total);
  let lp = label_logit - lse;
  let ratio = exp(lp - token.old_logprob);
  let clipped_ratio = clamp(ratio, 1.0 - dims.clip_low, 1.0 + dims.clip_high);
  let free = ratio * token.advantage;
  let bound = clipped_ratio * token.advantage;
  // Bounded, so that a token the reference gives up on costs much instead of infinity.
  let gap = min(token.reference_logprob - lp, 80.0);
  let dlp = select(0.0, -free, free <= bound) + dims.beta * (1.0 - exp(gap));
  let scale = token.weight * dlp * dims.inverse_temperature;
  var entropy = 0.0;
  // The label's logit has been read; from here on rows are overwritten.
  storageBarrier();
  for (var v = lane; v < dims.vocabulary; v += 64u) {
    let logp = logits[at + v] * dims.inverse_temperature - lse;
    let p = exp(logp);
    entropy -= p * logp;
    logits[at + v] = scale * (select(0.0, 1.0, v == token.label) - p);
  }
  entropy = sum_all(lane, entropy);
  if (lane == 0u) {
    let k3 = exp(gap) - gap - 1.0;
    let clipped = select(0.0, 1.0, bound < free);
    let low = select(0.0, clipped, ratio < 1.0);
    terms[row] = token.weight * vec4f(-min(free, bound), k3, low, clipped - low);
    logprobs[row] = vec2f(lp, token.weight * entropy);
  }
}
