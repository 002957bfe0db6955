// Triplet margin on cosines (Schroff et al. 2015): per query b, max(0, margin + scores[b, negative] - scores[b, positive]).
// Adds weight / B to dscores at the negative and takes it away at the positive where the margin is broken; losses (B) = loss / B.
// One invocation owns one query.

#include "lib/rows.wgsl"

struct Dims { rows: Rows, pitch: u32, margin: f32, weight: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> positive: array<u32>; // (rows)
@group(0) @binding(3) var<storage, read> negative: array<u32>; // (rows)
@group(0) @binding(4) var<storage, read> scores: array<f32>; // (rows, pitch)
@group(0) @binding(5) var<storage, read_write> dscores: array<f32>; // (rows, pitch)
@group(0) @binding(6) var<storage, read_write> losses: array<f32>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  let rows = live(dims.rows);
  if (row >= rows) { return; }
  let right = row * dims.pitch + positive[row];
  let wrong = row * dims.pitch + negative[row];
  let loss = max(0.0, dims.margin + scores[wrong] - scores[right]);
  losses[row] = loss / f32(rows);
  if (loss > 0.0) {
    let step = dims.weight / f32(rows);
    dscores[wrong] += step;
    dscores[right] -= step;
  }
}
