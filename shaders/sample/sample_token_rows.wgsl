// The same as sample_token.wgsl where neither top-k nor top-p cuts, for adapters that are a CPU, which have dear barriers: one
// invocation owns one row. Sums are taken as 64 invocations would take them, so the bits are the same.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/philox.wgsl"
#include "lib/sampling.wgsl"
#include "lib/draw.wgsl"

// What each of 64 invocations would hold.
var<private> part: array<f32, 64>;

fn mass_of(run: u32) -> f32 { return part[run]; }

// The sum of all parts, in the order of reduce.wgsl.
fn sum_parts() -> f32 {
  for (var step = 32u; step > 0u; step >>= 1u) {
    for (var i = 0u; i < step; i++) { part[i] += part[i + step]; }
  }
  return part[0];
}

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat_index(id, groups, 4u);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.vocabulary;
  let is_greedy = state.inverse_temperature == 0.0;
  var sums: Sums;
  sums.scale = select(state.inverse_temperature, 1.0, is_greedy);
  sums.biggest = -3.0e38;
  for (var v = 0u; v < dims.vocabulary; v++) { sums.biggest = max(sums.biggest, logits[at + v]); }
  for (var i = 0u; i < 64u; i++) { part[i] = 0.0; }
  for (var v = 0u; v < dims.vocabulary; v++) { part[v & 63u] += exp((logits[at + v] - sums.biggest) * sums.scale); }
  sums.total = sum_parts();
  // H = log Σ eˣ − Σ x eˣ / Σ eˣ; where eˣ is 0, so is its share, however low x is.
  for (var i = 0u; i < 64u; i++) { part[i] = 0.0; }
  for (var v = 0u; v < dims.vocabulary; v++) {
    let x = (logits[at + v] - sums.biggest) * sums.scale;
    let p = exp(x);
    if (p > 0.0) { part[v & 63u] += x * p; }
  }
  sums.weighted = sum_parts();
  sums.threshold = select(-3.0e38, sums.biggest, is_greedy);
  // Running sums in id order, of a run of ids each.
  let run = (dims.vocabulary + 63u) / 64u;
  for (var i = 0u; i < 64u; i++) {
    var mass = 0.0;
    for (var v = i * run; v < min((i + 1u) * run, dims.vocabulary); v++) {
      if (logits[at + v] >= sums.threshold) { mass += exp((logits[at + v] - sums.biggest) * sums.scale); }
    }
    part[i] = mass;
  }
  draw(row, sums);
}
