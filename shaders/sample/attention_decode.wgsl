// Attention of one new token per row over its prompt (shared by the completions of a group, read from the prompt's own qkv
// rows) and over its own cache. One invocation owns one query head of one row. out (rows, heads × D).
//
// The cache (sequences, tokens, 2 × kv × D) holds k, then v, of positions 0 … t - 1; prompts (sequences) = (first row, length).

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/sampling.wgsl"

const HEAD_DIM = 16u; // specialised

struct Dims { rows: Rows, heads: u32, kv_heads: u32, stride: u32, pitch: u32, scale: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> state: SamplingState;
@group(0) @binding(3) var<storage, read> rows: array<Row>; // (rows)
@group(0) @binding(4) var<storage, read> prompts: array<vec2u>; // (?)
@group(0) @binding(5) var<storage, read> qkv: array<f32>; // (rows, stride)
@group(0) @binding(6) var<storage, read> prompt_qkv: array<f32>; // (?, stride)
@group(0) @binding(7) var<storage, read> cache: array<f32>; // (?, pitch, 2 * kv_heads * HEAD_DIM)
@group(0) @binding(8) var<storage, read_write> out: array<f32>; // (rows, heads * HEAD_DIM)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let row = i / dims.heads;
  if (row >= live(dims.rows)) { return; }
  let head = i % dims.heads;
  let kv_head = head * dims.kv_heads / dims.heads;
  let sequence = rows[row].sequence;
  let prompt = prompts[sequence];
  let own = state.t;
  let width = dims.kv_heads * HEAD_DIM;

  var q: array<f32, HEAD_DIM>;
  var sum: array<f32, HEAD_DIM>;
  for (var c = 0u; c < HEAD_DIM; c++) { q[c] = qkv[row * dims.stride + head * HEAD_DIM + c] * dims.scale; }
  var biggest = -3.0e38;
  var total = 0.0;
  for (var key = 0u; key < prompt.y; key++) {
    let k = (prompt.x + key) * dims.stride + (dims.heads + kv_head) * HEAD_DIM;
    var score = 0.0;
    for (var c = 0u; c < HEAD_DIM; c++) { score = fma(q[c], prompt_qkv[k + c], score); }
    let bigger = max(biggest, score);
    let shrink = exp(biggest - bigger);
    let p = exp(score - bigger);
    biggest = bigger;
    total = total * shrink + p;
    for (var c = 0u; c < HEAD_DIM; c++) { sum[c] = sum[c] * shrink + p * prompt_qkv[k + width + c]; }
  }
  for (var key = 0u; key < own; key++) {
    let k = (sequence * dims.pitch + key) * 2u * width + kv_head * HEAD_DIM;
    var score = 0.0;
    for (var c = 0u; c < HEAD_DIM; c++) { score = fma(q[c], cache[k + c], score); }
    let bigger = max(biggest, score);
    let shrink = exp(biggest - bigger);
    let p = exp(score - bigger);
    biggest = bigger;
    total = total * shrink + p;
    for (var c = 0u; c < HEAD_DIM; c++) { sum[c] = sum[c] * shrink + p * cache[k + width + c]; }
  }
  for (var c = 0u; c < HEAD_DIM; c++) { out[i * HEAD_DIM + c] = sum[c] / total; }
}
