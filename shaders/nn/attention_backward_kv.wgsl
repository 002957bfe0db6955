// dk and dv of causal attention. A workgroup owns ROWS consecutive key rows of one key head and walks the query rows that
// attend them, TILE at a time, for each query head of the group in order; one invocation owns one key row, so sums need no
// atomics and keep their order.
//
// From dscore = p * (dout · v - delta): dv = Σ p * dout, dk = Σ dscore * q * scale.

#include "lib/rows.wgsl"
#include "lib/heads.wgsl"
#include "lib/heads_backward.wgsl"

const HEAD_DIM = 16u; // specialised
const ROWS = 32u; // specialised
const TILE = 16u; // specialised
const VECS = (HEAD_DIM + 3u) / 4u;

@group(0) @binding(2) var<storage, read> seq_end: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read> lse: array<f32>; // (rows, heads)
@group(0) @binding(5) var<storage, read> delta: array<f32>; // (rows, heads)
@group(0) @binding(7) var<storage, read_write> dqkv: array<f32>; // (rows, stride)

var<workgroup> tile_q: array<vec4f, TILE * VECS>;
var<workgroup> tile_d: array<vec4f, TILE * VECS>;

@compute @workgroup_size(ROWS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = live(dims.rows);
  let first = group.x * ROWS;
  if (first >= rows) { return; }
  let kv_head = group.y;
  let last = min(first + ROWS, rows) - 1u;
  let row = min(first + lane, last);
  let end = seq_end[row];
  let tile_end = seq_end[last];
  let per_group = dims.heads / dims.kv_heads;
  let at_k = row * dims.stride + (dims.heads + kv_head) * HEAD_DIM;
  let at_v = at_k + dims.kv_heads * HEAD_DIM;

  // A bound that compilers do not know keeps them from unrolling the loops over a row's memory: seconds of compiling at 64
  // channels and more.
  let channels = dims.stride / (dims.heads + 2u * dims.kv_heads);
  var copied_k: array<vec4f, VECS>;
  var copied_v: array<vec4f, VECS>;
  for (var c = 0u; c < channels; c += 4u) {
    copied_k[c / 4u] = load(at_k, c / 4u);
    copied_v[c / 4u] = load(at_v, c / 4u);
  }
  var k = copied_k;
  var v = copied_v;
  var dk: array<vec4f, VECS>;
  var dv: array<vec4f, VECS>;

  for (var g = 0u; g < per_group; g++) {
    let head = kv_head * per_group + g;
    for (var base = first; base < tile_end; base += TILE) {
      let filled = min(TILE, tile_end - base);
      workgroupBarrier();
      for (var e = lane; e < TILE * VECS; e += ROWS) {
        let query = min(base + e / VECS, tile_end - 1u);
        tile_q[e] = load(query * dims.stride + head * HEAD_DIM, e % VECS) * dims.scale;
        tile_d[e] = load_dout((query * dims.heads + head) * HEAD_DIM, e % VECS);
      }
      workgroupBarrier();
      for (var t = 0u; t < filled; t++) {
        let query = base + t;
        if (query < row || query >= end) { continue; }
        var score = 0.0;
        var dp = 0.0;
        for (var c = 0u; c < VECS; c++) {
          score += dot(tile_q[t * VECS + c], k[c]);
          dp += dot(tile_d[t * VECS + c], v[c]);
        }
        let at = query * dims.heads + head;
        let p = exp(score - lse[at]);
        // tile_q already carries the scale.
        let dscore = p * (dp - delta[at]);
        for (var c = 0u; c < VECS; c++) {
          dv[c] += p * tile_d[t * VECS + c];
          dk[c] += dscore * tile_q[t * VECS + c];
        }
      }
    }
  }
  if (first + lane > last) { return; }
  copied_k = dk;
  copied_v = dv;
  for (var c = 0u; c < channels; c++) {
    dqkv[at_k + c] = copied_k[c / 4u][c % 4u];
    dqkv[at_v + c] = copied_v[c / 4u][c % 4u];
  }
}
