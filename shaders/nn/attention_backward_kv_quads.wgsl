// attention_backward_kv.wgsl for adapters that are a CPU and have subgroups: the same result, bindings and uniforms. One
// invocation owns one key row; the four lanes of a quad own consecutive ones, walk the same queries and load them for each
// other. See attention_forward_quads.wgsl for why.

#include "lib/quads.wgsl"
#include "lib/rows.wgsl"
#include "lib/heads.wgsl"
#include "lib/heads_backward.wgsl"

const HEAD_DIM = 16u; // specialised
const VECS = 4u; // specialised

@group(0) @binding(2) var<storage, read> seq_end: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read> lse: array<f32>; // (rows, heads)
@group(0) @binding(5) var<storage, read> delta: array<f32>; // (rows, heads)
@group(0) @binding(7) var<storage, read_write> dqkv: array<f32>; // (rows, stride)

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = live(dims.rows);
  let lane = id.x & 3u;
  let first = id.x - lane;
  if (first >= rows) { return; }
  let kv_head = id.y;
  let last = min(first + 4u, rows) - 1u;
  let row = min(id.x, last);
  let end = seq_end[row];
  let quad_end = seq_end[last];
  let per_group = dims.heads / dims.kv_heads;
  let heads = dims.heads;
  let stride = dims.stride;
  let scale = dims.scale;
  let at_k = row * stride + (heads + kv_head) * HEAD_DIM;
  let at_v = at_k + dims.kv_heads * HEAD_DIM;

  var k: array<vec4f, VECS>;
  var v: array<vec4f, VECS>;
  var dk: array<vec4f, VECS>;
  var dv: array<vec4f, VECS>;
  var q: array<vec4f, VECS>;
  var d: array<vec4f, VECS>;
  for (var c = 0u; c < VECS; c++) { // unrolled
    k[c] = load(at_k, c);
    v[c] = load(at_v, c);
    dk[c] = vec4f();
    dv[c] = vec4f();
  }

  for (var g = 0u; g < per_group; g++) {
    let head = kv_head * per_group + g;
    for (var query = first; query < quad_end; query++) {
      let at = query * heads + head;
      let at_q = query * stride + head * HEAD_DIM + lane;
      let at_d = at * HEAD_DIM + lane;
      var score = 0.0;
      var dp = 0.0;
      for (var c = 0u; c < VECS; c++) { // unrolled
        let inside = c * 4u + lane < HEAD_DIM;
        q[c] = of_quad(select(0.0, qkv[at_q + c * 4u] * scale, inside));
        d[c] = of_quad(select(0.0, dout[at_d + c * 4u], inside));
        score += dot(q[c], k[c]);
        dp += dot(d[c], v[c]);
      }
      let attends = query >= row && query < end;
      let p = select(0.0, exp(score - lse[at]), attends);
      // q already carries the scale.
      let dscore = select(0.0, p * (dp - delta[at]), attends);
      for (var c = 0u; c < VECS; c++) { // unrolled
        dv[c] += p * d[c];
        dk[c] += dscore * q[c];
      }
    }
  }
  if (id.x > last) { return; }
  for (var c = 0u; c < HEAD_DIM; c++) {
    dqkv[at_k + c] = dk[c / 4u][c % 4u];
    dqkv[at_v + c] = dv[c / 4u][c % 4u];
  }
}
