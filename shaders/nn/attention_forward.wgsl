// Attention over packed sequences with grouped keys, without a T × T tensor (online softmax, Milakov and Gimelshein 2018;
// tiling as in FlashAttention, Dao et al. 2022). A workgroup owns ROWS consecutive rows of one query head; keys and
// values pass through workgroup memory TILE at a time. One invocation owns one row.
//
// qkv (N, stride) holds q (heads × D), k (kv_heads × D), v (kv_heads × D). Row i attends rows seq_start[i] … i
// where it is CAUSAL, else all of its sequence: seq_start[i] … seq_end[i] - 1.
// out (N, heads × D), lse (N, heads) = log sum exp of the scaled scores, kept for the backward pass.

#include "lib/rows.wgsl"
#include "lib/heads.wgsl"

const HEAD_DIM = 16u; // specialised
const ROWS = 32u; // specialised
const TILE = 16u; // specialised
const CAUSAL = 1u; // specialised
const VECS = (HEAD_DIM + 3u) / 4u;

@group(0) @binding(2) var<storage, read> seq_start: array<u32>; // (rows)
@group(0) @binding(6) var<storage, read> seq_end: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read_write> out: array<f32>; // (rows, heads * HEAD_DIM)
@group(0) @binding(5) var<storage, read_write> lse: array<f32>; // (rows, heads)

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
  let end = select(seq_end[row] - 1u, row, CAUSAL == 1u);
  let final_key = select(seq_end[last] - 1u, last, CAUSAL == 1u);

  // A bound that compilers do not know keeps them from unrolling the loops over a row's memory: seconds of compiling at 64
  // channels and more.
  let channels = dims.stride / (dims.heads + 2u * dims.kv_heads);
  var copied: array<vec4f, VECS>;
  for (var c = 0u; c < channels; c += 4u) { copied[c / 4u] = load(row * dims.stride + head * HEAD_DIM, c / 4u) * dims.scale; }
  var q = copied;
  var sum: array<vec4f, VECS>;
  var biggest = -3.0e38;
  var total = 0.0;

  for (var base = seq_start[first]; base <= final_key; base += TILE) {
    let filled = min(TILE, final_key + 1u - base);
    workgroupBarrier();
    for (var e = lane; e < TILE * VECS; e += ROWS) {
      let key = min(base + e / VECS, final_key);
      let at = key * dims.stride + (dims.heads + kv_head) * HEAD_DIM;
      tile_k[e] = load(at, e % VECS);
      tile_v[e] = load(at + dims.kv_heads * HEAD_DIM, e % VECS);
    }
    workgroupBarrier();
    for (var t = 0u; t < filled; t++) {
      let key = base + t;
      if (key < start || key > end) { continue; }
      var score = 0.0;
      for (var c = 0u; c < VECS; c++) { score += dot(q[c], tile_k[t * VECS + c]); }
      let bigger = max(biggest, score);
      let shrink = exp(biggest - bigger);
      let p = exp(score - bigger);
      biggest = bigger;
      total = total * shrink + p;
      for (var c = 0u; c < VECS; c++) { sum[c] = sum[c] * shrink + p * tile_v[t * VECS + c]; }
    }
  }
  if (first + lane > last) { return; }
  let at = (row * dims.heads + head) * HEAD_DIM;
  copied = sum;
  for (var c = 0u; c < channels; c++) { out[at + c] = copied[c / 4u][c % 4u] / total; }
  lse[row * dims.heads + head] = biggest + log(total);
}
