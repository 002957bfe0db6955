// The same as top_k.wgsl, for adapters that are a CPU, which have few lanes and dear barriers: one invocation serves one query,
// reads each score once and keeps the best in order where the result lies. What is not among them costs one comparison.

#include "lib/rows.wgsl"
#include "lib/grid.wgsl"
#include "lib/documents.wgsl"

@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = flat_index(id, groups, 4u);
  if (row >= live(dims.rows)) { return; }
  let first = row * dims.k;
  for (var i = 0u; i < dims.k; i++) {
    values[first + i] = -3.0e38;
    ids[first + i] = 0xffffffffu;
  }
  // The last of the best so far.
  var least = -3.0e38;
  var least_id = 0xffffffffu;
  for (var c = 0u; c < dims.columns; c++) {
    let score = scores[row * dims.pitch + c];
    if (!(score >= least)) { continue; }
    let own = document_of(row, c);
    if (score == least && own > least_id) { continue; }
    var at = dims.k - 1u;
    while (at > 0u) {
      let before = values[first + at - 1u];
      let before_id = ids[first + at - 1u];
      if (before > score || (before == score && before_id < own)) { break; }
      values[first + at] = before;
      ids[first + at] = before_id;
      at--;
    }
    values[first + at] = score;
    ids[first + at] = own;
    least = values[first + dims.k - 1u];
    least_id = ids[first + dims.k - 1u];
  }
}
