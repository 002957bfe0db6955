// C = A · B for any strides through workgroup memory: a workgroup of 16 × 16 invocations computes a 64 × 64 tile of C, each
// invocation 4 × 4 of it. What a hardware adapter likes: every value is read from memory once per tile.

#include "lib/rows.wgsl"
#include "lib/weights.wgsl"
#include "lib/matmul.wgsl"

const TILE = 64u;
const DEPTH = 16u;
// One column of padding keeps the four rows of a load in different banks.
const PITCH = 68u;
var<workgroup> tile_a: array<f32, 1088>; // DEPTH × PITCH
var<workgroup> tile_b: array<f32, 1088>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = live(dims.rows);
  let inner = live(dims.inner);
  let row0 = group.y * TILE;
  let column0 = group.x * TILE;
  if (row0 >= rows || column0 >= dims.columns) { return; }
  var sums: array<vec4f, 4>;
  if (CONTINUE == 1u) {
    for (var i = 0u; i < 4u; i++) {
      if (row0 + local.y * 4u + i < rows) { sums[i] = begun(row0 + local.y * 4u + i, column0 + local.x * 4u); }
    }
  }
  for (var k0 = 0u; k0 < inner; k0 += DEPTH) {
    workgroupBarrier();
    for (var e = lane; e < TILE * DEPTH; e += 256u) {
      // Neighbouring lanes read neighbouring addresses, whichever side of A or B is contiguous.
      let along_a = dims.a_inner == 1u;
      let ka = select(e / TILE, e % DEPTH, along_a);
      let ra = select(e % TILE, e / DEPTH, along_a);
      var value = 0.0;
      if (row0 + ra < rows && k0 + ka < inner) { value = a[dims.a_base + (row0 + ra) * dims.a_row + (k0 + ka) * dims.a_inner]; }
      tile_a[ka * PITCH + ra] = value;
      let along_b = dims.b_inner == 1u;
      let kb = select(e / TILE, e % DEPTH, along_b);
      let cb = select(e % TILE, e / DEPTH, along_b);
      value = 0.0;
      if (column0 + cb < dims.columns && k0 + kb < inner) { value = load_b(dims.b_base + (k0 + kb) * dims.b_inner + (column0 + cb) * dims.b_column); }
      tile_b[kb * PITCH + cb] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let at_a = k * PITCH + local.y * 4u;
      let at_b = k * PITCH + local.x * 4u;
      let right = vec4f(tile_b[at_b], tile_b[at_b + 1u], tile_b[at_b + 2u], tile_b[at_b + 3u]);
      sums[0] = fma(vec4f(tile_a[at_a]), right, sums[0]);
      sums[1] = fma(vec4f(tile_a[at_a + 1u]), right, sums[1]);
      sums[2] = fma(vec4f(tile_a[at_a + 2u]), right, sums[2]);
      sums[3] = fma(vec4f(tile_a[at_a + 3u]), right, sums[3]);
    }
  }
  for (var i = 0u; i < 4u; i++) {
    let row = row0 + local.y * 4u + i;
    for (var j = 0u; j < 4u; j++) {
      let column = column0 + local.x * 4u + j;
      if (row < rows && column < dims.columns) { store(row, column, sums[i][j]); }
    }
  }
}
