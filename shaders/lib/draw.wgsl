// What the shaders that draw a token share: their bindings, and the draw itself once a row's sums are known. Who includes it says
// what mass each of 64 runs of ids has, mass_of(run).
//
// rows (rows): in: the token just read; out: the token drawn, or done. out_ids, out_logprobs and out_entropies (sequences, pitch):
// the log-probability is under the whole softmax(logits / temperature), greedy: at temperature 1; the entropy is that
// distribution's, in nats.

struct Dims { rows: Rows, vocabulary: u32, pitch: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> state: SamplingState;
@group(0) @binding(3) var<storage, read> logits: array<f32>; // (rows, vocabulary)
@group(0) @binding(4) var<storage, read_write> rows: array<Row>; // (rows)
@group(0) @binding(5) var<storage, read_write> out_ids: array<u32>; // (?, pitch)
@group(0) @binding(6) var<storage, read_write> out_logprobs: array<f32>; // (?, pitch)
@group(0) @binding(7) var<storage, read_write> lengths: array<u32>; // (?): tokens drawn of each sequence
@group(0) @binding(8) var<storage, read_write> out_entropies: array<f32>; // (?, pitch)

// Of a row's logits x: the largest, and with scale, an inverse temperature, the sums of e^y and of y e^y, y = (x - biggest) scale;
// no token of a logit below the threshold is drawn.
struct Sums { biggest: f32, scale: f32, total: f32, weighted: f32, threshold: f32 }

fn draw(row: u32, sums: Sums) {
  let t = state.t;
  let at = row * dims.vocabulary;
  let run = (dims.vocabulary + 63u) / 64u;
  var info = rows[row];
  let past_end = t >= state.max_tokens;
  // The stop token has been read by this pass: nothing follows it.
  if (past_end || (t > 0u && info.id == state.stop_token)) {
    info.done = 1u;
    rows[row] = info;
    return;
  }
  var kept = 0.0;
  for (var i = 0u; i < 64u; i++) { kept += mass_of(i); }
  let drawn = philox(vec4u(info.sequence, t, state.step, 0u), vec2u(state.seed, state.stream));
  // Greedy takes the lowest id among the largest logits: a draw of 0.
  let wanted = select(f32(drawn >> 8u) * 0x1p-24, 0.0, state.inverse_temperature == 0.0) * kept;
  var before = 0.0;
  var block = 0u;
  while (block < 63u && before + mass_of(block) <= wanted) {
    before += mass_of(block);
    block++;
  }
  var token = 0u;
  for (var v = block * run; v < dims.vocabulary; v++) {
    let p = select(0.0, exp((logits[at + v] - sums.biggest) * sums.scale), logits[at + v] >= sums.threshold);
    if (p > 0.0) {
      token = v;
      before += p;
      if (before > wanted) { break; }
    }
  }
  info.id = token;
  rows[row] = info;
  out_ids[info.sequence * dims.pitch + t] = token;
  out_logprobs[info.sequence * dims.pitch + t] = (logits[at + token] - sums.biggest) * sums.scale - log(sums.total);
  out_entropies[info.sequence * dims.pitch + t] = max(0.0, log(sums.total) - sums.weighted / sums.total);
  lengths[info.sequence] = t + 1u;
}
