// The k best of each row of scores (Q, pitch), best first, ties to the lower id: ids (Q, k), values (Q, k). With BLOCK 0 a score's
// id is its column, a document; else column c is document c % BLOCK of block blocks[c / BLOCK] of its row, in any order of blocks.
// One workgroup serves one query and picks the next best k times, each time the largest (score, -id) below the last.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/documents.wgsl"

var<workgroup> best_score: array<f32, 64>;
var<workgroup> best_id: array<u32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = flat_group(group, groups);
  if (row >= live(dims.rows)) { return; }
  let at = row * dims.pitch;
  var last_score = 3.0e38;
  var last_id = 0u;
  for (var pick = 0u; pick < dims.k; pick++) {
    var score = -3.0e38;
    var id = 0xffffffffu;
    for (var k = lane; k < dims.columns; k += 64u) {
      let s = scores[at + k];
      // What most are needs no id.
      if (s < score || s > last_score) { continue; }
      let own = document_of(row, k);
      let below = s < last_score || (s == last_score && own > last_id);
      if (below && (s > score || (s == score && own < id))) {
        score = s;
        id = own;
      }
    }
    best_score[lane] = score;
    best_id[lane] = id;
    workgroupBarrier();
    for (var step = 32u; step > 0u; step >>= 1u) {
      if (lane < step) {
        let s = best_score[lane + step];
        let i = best_id[lane + step];
        if (s > best_score[lane] || (s == best_score[lane] && i < best_id[lane])) {
          best_score[lane] = s;
          best_id[lane] = i;
        }
      }
      workgroupBarrier();
    }
    last_score = best_score[0];
    last_id = best_id[0];
    workgroupBarrier();
    if (lane == 0u) {
      ids[row * dims.k + pick] = last_id;
      values[row * dims.k + pick] = last_score;
    }
  }
}
