// attention_forward.wgsl for adapters that are a CPU and have subgroups: the same result, bindings and uniforms. One
// invocation owns one row; the four lanes of a quad own consecutive rows, walk the same keys and load them for each other.
//
// There every load costs the same, from workgroup memory too, and as much as six multiply-adds of four lanes; an array
// indexed by a variable is such a load (docs/decisions/software-adapters.md).

#include "lib/quads.wgsl"
#include "lib/rows.wgsl"
#include "lib/heads.wgsl"
#include "lib/heads_quads.wgsl"

const HEAD_DIM = 16u; // specialised
const VECS = 4u; // specialised
const CAUSAL = 1u; // specialised

@group(0) @binding(2) var<storage, read> seq_start: array<u32>; // (rows)
@group(0) @binding(6) var<storage, read> seq_end: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read_write> out: array<f32>; // (rows, heads * HEAD_DIM)
@group(0) @binding(5) var<storage, read_write> lse: array<f32>; // (rows, heads)

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
  let end = select(seq_end[row] - 1u, row, CAUSAL == 1u);
  let final_key = select(seq_end[last] - 1u, last, CAUSAL == 1u);
  let stride = dims.stride;
  let at_q = row * stride + head * HEAD_DIM;
  let scale = dims.scale;

  var q: array<vec4f, VECS>;
  var sum: array<vec4f, VECS>;
  for (var c = 0u; c < VECS; c++) { // unrolled
    q[c] = load(at_q, c) * scale;
    sum[c] = vec4f();
  }
  var biggest = -3.0e38;
  var total = 0.0;
  var key = seq_start[first];
  var at_k = key * stride + (dims.heads + kv_head) * HEAD_DIM;
  let to_v = dims.kv_heads * HEAD_DIM;
  for (; key <= final_key; key++) {
    var score = 0.0;
    for (var c = 0u; c < VECS; c++) { // unrolled
      score += dot(q[c], spread(at_k, c, lane));
    }
    let attended = key >= start && key <= end;
    if (attended && score > biggest) {
      let shrink = exp(biggest - score);
      total *= shrink;
      for (var c = 0u; c < VECS; c++) { // unrolled
        sum[c] *= shrink;
      }
      biggest = score;
    }
    let p = select(0.0, exp(score - biggest), attended);
    total += p;
    for (var c = 0u; c < VECS; c++) { // unrolled
      sum[c] += p * spread(at_k + to_v, c, lane);
    }
    at_k += stride;
  }
  if (id.x > last) { return; }
  let at = (row * dims.heads + head) * HEAD_DIM;
  for (var c = 0u; c < HEAD_DIM; c++) { out[at + c] = sum[c / 4u][c % 4u] / total; }
  lse[row * dims.heads + head] = biggest + log(total);
}
