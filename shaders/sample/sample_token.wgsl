// Draws the next token of each live row from logits (rows, V): temperature, top-k, top-p, then the inverse of the running sum
// in id order at a Philox draw keyed by (seed, stream) and counted by (sequence, t, step), so any token can be drawn again.
// One workgroup owns one row. Ties stand or fall together in top-k and top-p; at most 1,024 distinct values are cut by top-p.
//
// rows (rows): in: the token just read; out: the token drawn, or done. out_ids, out_logprobs and out_entropies (sequences, pitch):
// the log-probability is under the whole softmax(logits / temperature), greedy: at temperature 1; the entropy is that
// distribution's, in nats.

#include "lib/rows.wgsl"
#include "lib/reduce.wgsl"
#include "lib/philox.wgsl"
#include "lib/sampling.wgsl"

// 0 where neither top-k nor top-p cuts, or the draw is greedy: without their loops it compiles in a quarter of the time.
const CUTS = 1u; // specialised

struct Dims { rows: Rows, vocabulary: u32, pitch: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> state: SamplingState;
@group(0) @binding(3) var<storage, read> logits: array<f32>; // (rows, vocabulary)
@group(0) @binding(4) var<storage, read_write> rows: array<Row>; // (rows)
@group(0) @binding(5) var<storage, read_write> out_ids: array<u32>; // (?, pitch)
@group(0) @binding(6) var<storage, read_write> out_logprobs: array<f32>; // (?, pitch)
@group(0) @binding(7) var<storage, read_write> lengths: array<u32>; // (?): tokens drawn of each sequence
@group(0) @binding(8) var<storage, read_write> out_entropies: array<f32>; // (?, pitch)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.vocabulary;
  let t = state.t;
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

  // Running sums in id order: each lane adds a run of ids, lane 0 finds the run, then the id.
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

  var info = rows[row];
  let past_end = t >= state.max_tokens;
  // The stop token has been read by this pass: nothing follows it.
  if (past_end || (t > 0u && info.id == state.stop_token)) {
    info.done = 1u;
    rows[row] = info;
    return;
  }
  var kept = 0.0;
  for (var i = 0u; i < 64u; i++) { kept += shared_value[i]; }
  let draw = philox(vec4u(info.sequence, t, state.step, 0u), vec2u(state.seed, state.stream));
  // Greedy takes the lowest id among the largest logits: a draw of 0.
  let wanted = select(f32(draw >> 8u) * 0x1p-24, 0.0, is_greedy) * kept;
  var before = 0.0;
  var block = 0u;
  while (block < 63u && before + shared_value[block] <= wanted) {
    before += shared_value[block];
    block++;
  }
  var token = 0u;
  for (var v = block * run; v < dims.vocabulary; v++) {
    let p = select(0.0, exp((logits[at + v] - biggest) * scale), logits[at + v] >= threshold);
    if (p > 0.0) {
      token = v;
      before += p;
      if (before > wanted) { break; }
    }
  }
  info.id = token;
  rows[row] = info;
  out_ids[info.sequence * dims.pitch + t] = token;
  out_logprobs[info.sequence * dims.pitch + t] = (logits[at + token] - biggest) * scale - log(total);
  out_entropies[info.sequence * dims.pitch + t] = max(0.0, log(total) - weighted / total);
  lengths[info.sequence] = t + 1u;
}
