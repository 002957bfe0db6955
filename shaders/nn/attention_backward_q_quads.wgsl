// attention_backward_q.wgsl for adapters that are a CPU and have subgroups: the same result, bindings and uniforms. One
// invocation owns one row; the four lanes of a quad own consecutive rows, walk the same keys and load them for each other.
// See attention_forward_quads.wgsl for why.

#include "lib/quads.wgsl"
#include "lib/rows.wgsl"
#include "lib/heads.wgsl"
#include "lib/heads_backward.wgsl"
#include "lib/heads_quads.wgsl"

const HEAD_DIM = 16u; // specialised
const VECS = 4u; // specialised

@group(0) @binding(2) var<storage, read> seq_start: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read> out: array<f32>; // (rows, heads * HEAD_DIM)
@group(0) @binding(5) var<storage, read> lse: array<f32>; // (rows, heads)
@group(0) @binding(7) var<storage, read_write> delta: array<f32>; // (rows, heads)
@group(0) @binding(8) var<storage, read_write> dqkv: array<f32>; // (rows, stride)

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = live(dims.rows);
  let lane = id.x & 3u;
  let first = id.x - lane;
  if (first >= rows) { return; }
  let head = id.y;
  let kv_head = head * dims.kv_heads / dims.heads;
  let last = min(first + 4u, rows) - 1u;
  let row = min(id.x, last);
  let start = seq_start[row];
  let stride = dims.stride;
  let at_q = row * stride + head * HEAD_DIM;
  let at_out = (row * dims.heads + head) * HEAD_DIM;
  let scale = dims.scale;

  var q: array<vec4f, VECS>;
  var d: array<vec4f, VECS>;
  var dq: array<vec4f, VECS>;
  var k: array<vec4f, VECS>;
  for (var c = 0u; c < VECS; c++) { // unrolled
    q[c] = load(at_q, c) * scale;
    d[c] = load_dout(at_out, c);
    dq[c] = vec4f();
  }
  var row_delta = 0.0;
  for (var c = 0u; c < HEAD_DIM; c++) { row_delta = fma(dout[at_out + c], out[at_out + c], row_delta); }
  let row_lse = lse[row * dims.heads + head];

  var key = seq_start[first];
  var at_k = key * stride + (dims.heads + kv_head) * HEAD_DIM;
  let to_v = dims.kv_heads * HEAD_DIM;
  for (; key <= last; key++) {
    var score = 0.0;
    var dp = 0.0;
    for (var c = 0u; c < VECS; c++) { // unrolled
      k[c] = spread(at_k, c, lane);
      score += dot(q[c], k[c]);
      dp += dot(d[c], spread(at_k + to_v, c, lane));
    }
    let attended = key >= start && key <= row;
    let dscore = select(0.0, exp(score - row_lse) * (dp - row_delta) * scale, attended);
    for (var c = 0u; c < VECS; c++) { // unrolled
      dq[c] += dscore * k[c];
    }
    at_k += stride;
  }
  if (id.x > last) { return; }
  delta[row * dims.heads + head] = row_delta;
  for (var c = 0u; c < HEAD_DIM; c++) { dqkv[at_q + c] = dq[c / 4u][c % 4u]; }
}
