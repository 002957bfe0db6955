// Draws the next token of each live row from logits (rows, V): temperature, top-k, top-p, then the inverse of the running sum
// in id order at a Philox draw keyed by (seed, stream) and counted by (sequence, t, step), so any token can be drawn again.
// One workgroup owns one row. Ties stand or fall together in top-k and top-p; at most 1,024 distinct values are cut by top-p.
//
// state: [0] position t of the token being made, [1] sequences, [2] tokens at most, [3] stop token, [4] seed, [5] stream,
// [6] step, [7] top-k, [8] 1 / temperature as float bits (0: greedy), [9] top-p as float bits.
// rows: ids (in: the token just read; out: the token drawn), slots (which sequence), done. out_ids, out_logprobs (sequences, tokens);
// the log-probability is under the whole softmax(logits / temperature), greedy: at temperature 1; out_entropies (sequences,
// tokens) holds that distribution's entropy in nats.

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, vocabulary: u32, pitch: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> logits: array<f32>;
@group(0) @binding(4) var<storage, read_write> rows: array<vec4u>; // (id, position, sequence, done)
@group(0) @binding(5) var<storage, read_write> out_ids: array<u32>;
@group(0) @binding(6) var<storage, read_write> out_logprobs: array<f32>;
@group(0) @binding(7) var<storage, read_write> lengths: array<u32>; // tokens drawn of each sequence
@group(0) @binding(8) var<storage, read_write> out_entropies: array<f32>;

var<workgroup> values: array<f32, 64>;

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

fn sum_all(lane: u32, value: f32) -> f32 {
  values[lane] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { values[lane] += values[lane + step]; }
    workgroupBarrier();
  }
  let result = values[0];
  workgroupBarrier();
  return result;
}

fn max_all(lane: u32, value: f32) -> f32 {
  values[lane] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { values[lane] = max(values[lane], values[lane + step]); }
    workgroupBarrier();
  }
  let result = values[0];
  workgroupBarrier();
  return result;
}

// High and low words of a product of two 32-bit integers.
fn multiply(a: u32, b: u32) -> vec2u {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let mid = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let mid2 = (a & 0xffffu) * (b >> 16u) + (mid & 0xffffu);
  return vec2u((a >> 16u) * (b >> 16u) + (mid >> 16u) + (mid2 >> 16u), a * b);
}

// Philox4x32-10 (Salmon et al. 2011), the same integers as src/lib/philox.ts; its first word.
fn philox(counter: vec4u, key: vec2u) -> u32 {
  var c = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let x = multiply(0xd2511f53u, c.x);
    let z = multiply(0xcd9e8d57u, c.z);
    c = vec4u(z.x ^ c.y ^ k.x, z.y, x.x ^ c.w ^ k.y, x.y);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c.x;
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  if (row >= live(dims.rows, dims.rows_slot, dims.rows_start)) { return; }
  let at = row * dims.vocabulary;
  let t = state[0];
  let inverse_temperature = bitcast<f32>(state[8]);
  let top_p = bitcast<f32>(state[9]);
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
  let top_k = f32(state[7]);
  if (!is_greedy && top_k > 0.0) {
    var last = 3.0e38;
    var larger = 0.0;
    kept_total = 0.0;
    // A row has no more distinct values than ids.
    for (var turn = 0u; turn < min(state[7], dims.vocabulary); turn++) {
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
  if (!is_greedy && top_p < 1.0) {
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
  values[lane] = mass;
  workgroupBarrier();
  if (lane != 0u) { return; }

  var info = rows[row];
  let past_end = t >= state[2];
  // The stop token has been read by this pass: nothing follows it.
  if (past_end || (t > 0u && info.x == state[3])) {
    info.w = 1u;
    rows[row] = info;
    return;
  }
  var kept = 0.0;
  for (var i = 0u; i < 64u; i++) { kept += values[i]; }
  let draw = philox(vec4u(info.z, t, state[6], 0u), vec2u(state[4], state[5]));
  // Greedy takes the lowest id among the largest logits: a draw of 0.
  let wanted = select(f32(draw >> 8u) * 0x1p-24, 0.0, is_greedy) * kept;
  var before = 0.0;
  var block = 0u;
  while (block < 63u && before + values[block] <= wanted) {
    before += values[block];
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
  info.x = token;
  rows[row] = info;
  out_ids[info.z * dims.pitch + t] = token;
  out_logprobs[info.z * dims.pitch + t] = (logits[at + token] - biggest) * scale - log(total);
  out_entropies[info.z * dims.pitch + t] = max(0.0, log(total) - weighted / total);
  lengths[info.z] = t + 1u;
}
