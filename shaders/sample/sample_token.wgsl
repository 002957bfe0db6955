// Draws the next token of each live row from logits (rows, V): temperature, top-k, top-p, then the inverse of the running sum
// in id order at a Philox draw keyed by (seed, stream) and counted by (sequence, t, step), so any token can be drawn again.
// One workgroup owns one row. Ties stand or fall together in top-k and top-p; at most 1,024 distinct values are cut by top-p.

#include "lib/rows.wgsl"
#include "lib/reduce.wgsl"
#include "lib/philox.wgsl"
#include "lib/sampling.wgsl"
#include "lib/draw.wgsl"

// 0 where neither top-k nor top-p cuts, or the draw is greedy: without their loops it compiles in a quarter of the time.
const CUTS = 1u; // specialised

fn mass_of(run: u32) -> f32 { return shared_value[run]; }

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.vocabulary;
  let inverse_temperature = state.inverse_temperature;
  let top_p = state.top_p;
  let is_greedy = inverse_temperature == 0.0;
  let scale = select(inverse_temperature, 1.0, is_greedy);

  var biggest = -3.0e38;
  for (var v = lane; v < dims.vocabulary; v += 64u) { biggest = max(biggest, logits[at + v]); }
  biggest = max_all(lane, biggest);
  var total = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) { total += exp((logits[at + v] - biggest) * scale); }
  total = sum_all(lane, total);
  // H = log Σ eˣ − Σ x eˣ / Σ eˣ; where eˣ is 0, so is its share, however low x is.
  var weighted = 0.0;
  for (var v = lane; v < dims.vocabulary; v += 64u) {
    let x = (logits[at + v] - biggest) * scale;
    let p = exp(x);
    if (p > 0.0) { weighted += x * p; }
  }
  weighted = sum_all(lane, weighted);

  // The smallest logit that may be drawn.
  var threshold = -3.0e38;
  if (is_greedy) { threshold = biggest; }
  var kept_total = total;
  let top_k = f32(state.top_k);
  if (CUTS == 1u && !is_greedy && top_k > 0.0) {
    var last = 3.0e38;
    var larger = 0.0;
    kept_total = 0.0;
    // A row has no more distinct values than ids.
    for (var turn = 0u; turn < min(state.top_k, dims.vocabulary); turn++) {
      var next = -3.0e38;
      for (var v = lane; v < dims.vocabulary; v += 64u) {
        if (logits[at + v] < last) { next = max(next, logits[at + v]); }
      }
      next = max_all(lane, next);
      var same = 0.0;
      for (var v = lane; v < dims.vocabulary; v += 64u) {
        if (logits[at + v] == next) { same += 1.0; }
      }
      same = sum_all(lane, same);
      if (larger < top_k && next > -3.0e38) {
        threshold = next;
        kept_total += same * exp((next - biggest) * scale);
      }
      larger += same;
      last = next;
    }
  }
  if (CUTS == 1u && !is_greedy && top_p < 1.0) {
    var last = 3.0e38;
    var above = 0.0;
    var cut = threshold;
    var open = true;
    for (var turn = 0u; turn < min(dims.vocabulary, 1024u); turn++) {
      var next = -3.0e38;
      for (var v = lane; v < dims.vocabulary; v += 64u) {
        if (logits[at + v] < last) { next = max(next, logits[at + v]); }
      }
      next = max_all(lane, next);
      var same = 0.0;
      for (var v = lane; v < dims.vocabulary; v += 64u) {
        if (logits[at + v] == next) { same += 1.0; }
      }
      same = sum_all(lane, same);
      if (turn > 0u && above >= top_p * kept_total) { open = false; }
      if (open && next >= threshold) { cut = next; }
      above += same * exp((next - biggest) * scale);
      last = next;
    }
    threshold = cut;
  }

  // Running sums in id order: each lane adds a run of ids, lane 0 draws.
  let run = (dims.vocabulary + 63u) / 64u;
  let first = lane * run;
  let end = min(first + run, dims.vocabulary);
  var mass = 0.0;
  for (var v = first; v < end; v++) {
    if (logits[at + v] >= threshold) { mass += exp((logits[at + v] - biggest) * scale); }
  }
  shared_value[lane] = mass;
  workgroupBarrier();
  if (lane != 0u) { return; }
  draw(row, Sums(biggest, scale, total, weighted, threshold));
}
