// dq of causal attention, and delta (N, heads) = rowsum(dout * out) for attention_backward_kv.wgsl. Probabilities are made
// again from lse, so nothing T × T is stored. A workgroup owns ROWS rows of one query head, one invocation one row.
//
// From p = exp(score - lse), out = Σ p v: dscore = p * (dout · v - delta), dq = Σ dscore * k * scale.

#include "lib/rows.wgsl"
#include "lib/heads.wgsl"
#include "lib/heads_backward.wgsl"

const HEAD_DIM = 16u; // specialised
const ROWS = 32u; // specialised
const TILE = 16u; // specialised
const VECS = (HEAD_DIM + 3u) / 4u;

@group(0) @binding(2) var<storage, read> seq_start: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read> out: array<f32>; // (rows, heads * HEAD_DIM)
@group(0) @binding(5) var<storage, read> lse: array<f32>; // (rows, heads)
@group(0) @binding(7) var<storage, read_write> delta: array<f32>; // (rows, heads)
@group(0) @binding(8) var<storage, read_write> dqkv: array<f32>; // (rows, stride)

var<workgroup> tile_k: array<vec4f, TILE * VECS>;
var<workgroup> tile_v: array<vec4f, TILE * VECS>;

@compute @workgroup_size(ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = live(dims.rows);
  let first = group.x * ROWS;
  if (first >= rows) { return; }
  let head = group.y;
  let kv_head = head * dims.kv_heads / dims.heads;
  let last = min(first + ROWS, rows) - 1u;
  let row = min(first + lane, last);
  let start = seq_start[row];

  // A bound that compilers do not know keeps them from unrolling the loops over a row's memory: seconds of compiling at 64
  // channels and more.
  let channels = dims.stride / (dims.heads + 2u * dims.kv_heads);
  var copied_q: array<vec4f, VECS>;
  var copied_d: array<vec4f, VECS>;
  let at_out = (row * dims.heads + head) * HEAD_DIM;
  var row_delta = 0.0;
  for (var c = 0u; c < channels; c += 4u) { copied_q[c / 4u] = load(row * dims.stride + head * HEAD_DIM, c / 4u) * dims.scale; }
  for (var c = 0u; c < channels; c++) {
    copied_d[c / 4u][c % 4u] = dout[at_out + c];
    row_delta = fma(dout[at_out + c], out[at_out + c], row_delta);
  }
  var q = copied_q;
  var d = copied_d;
  var dq: array<vec4f, VECS>;
  let row_lse = lse[row * dims.heads + head];

  for (var base = seq_start[first]; base <= last; base += TILE) {
    let filled = min(TILE, last + 1u - base);
    workgroupBarrier();
    for (var e = lane; e < TILE * VECS; e += ROWS) {
      let key = min(base + e / VECS, last);
      let at = key * dims.stride + (dims.heads + kv_head) * HEAD_DIM;
      tile_k[e] = load(at, e % VECS);
      tile_v[e] = load(at + dims.kv_heads * HEAD_DIM, e % VECS);
    }
    workgroupBarrier();
    for (var t = 0u; t < filled; t++) {
      let key = base + t;
      if (key < start || key > row) { continue; }
      var score = 0.0;
      var dp = 0.0;
      for (var c = 0u; c < VECS; c++) {
        score += dot(q[c], tile_k[t * VECS + c]);
        dp += dot(d[c], tile_v[t * VECS + c]);
      }
      let dscore = exp(score - row_lse) * (dp - row_delta) * dims.scale;
      for (var c = 0u; c < VECS; c++) { dq[c] += dscore * tile_k[t * VECS + c]; }
    }
  }
  if (first + lane > last) { return; }
  delta[row * dims.heads + head] = row_delta;
  let at = row * dims.stride + head * HEAD_DIM;
  copied_q = dq;
  for (var c = 0u; c < channels; c++) { dqkv[at + c] = copied_q[c / 4u][c % 4u]; }
}
