// A teacher's scores of a batch, distilled (Hinton et al. 2015): per query b, KL(p || q) over the documents, where
// p = softmax(teacher[b] / its temperature) and q = softmax(scores[b] / temperature).
// Adds weight / B * (q - p) / temperature to dscores (B, pitch); losses (B) = KL / B. One workgroup owns one query.

#include "lib/rows.wgsl"
#include "lib/reduce.wgsl"

struct Dims {
  rows: Rows,
  columns: Rows,
  pitch: u32, inverse_temperature: f32, inverse_teacher_temperature: f32, weight: f32,
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> teacher: array<f32>; // (rows, pitch)
@group(0) @binding(3) var<storage, read> scores: array<f32>; // (rows, pitch)
@group(0) @binding(4) var<storage, read_write> dscores: array<f32>; // (rows, pitch)
@group(0) @binding(5) var<storage, read_write> losses: array<f32>; // (rows)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let rows = live(dims.rows);
  if (row >= rows) { return; }
  let columns = live(dims.columns);
  let at = row * dims.pitch;
  let a = dims.inverse_teacher_temperature;
  let b = dims.inverse_temperature;
  var biggest_p = -3.0e38;
  var biggest_q = -3.0e38;
  for (var k = lane; k < columns; k += 64u) {
    biggest_p = max(biggest_p, teacher[at + k] * a);
    biggest_q = max(biggest_q, scores[at + k] * b);
  }
  biggest_p = max_all(lane, biggest_p);
  biggest_q = max_all(lane, biggest_q);
  var total_p = 0.0;
  var total_q = 0.0;
  for (var k = lane; k < columns; k += 64u) {
    total_p += exp(teacher[at + k] * a - biggest_p);
    total_q += exp(scores[at + k] * b - biggest_q);
  }
  total_p = sum_all(lane, total_p);
  total_q = sum_all(lane, total_q);
  let log_p = biggest_p + log(total_p);
  let log_q = biggest_q + log(total_q);
  let scale = dims.weight * b / f32(rows);
  var divergence = 0.0;
  for (var k = lane; k < columns; k += 64u) {
    let p = exp(teacher[at + k] * a - biggest_p) / total_p;
    let q = exp(scores[at + k] * b - biggest_q) / total_q;
    divergence += p * ((teacher[at + k] * a - log_p) - (scores[at + k] * b - log_q));
    dscores[at + k] += scale * (q - p);
  }
  divergence = sum_all(lane, divergence);
  if (lane == 0u) { losses[row] = divergence / f32(rows); }
}
