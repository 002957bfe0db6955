// C = A · B for any strides through workgroup memory: a workgroup of LANES_Y × LANES_X invocations computes a tile of C, each
// invocation ROWS rows of it and VECS times four columns. What a hardware adapter likes: every value is read from memory once
// per tile, and from workgroup memory once for ROWS or 4 · VECS products.

#include "lib/rows.wgsl"
#include "lib/weights.wgsl"
#include "lib/matmul.wgsl"

const LANES_Y = 8u; // specialised
const LANES_X = 8u; // specialised
const ROWS = 8u; // specialised
const VECS = 2u; // specialised
const DEPTH = 16u;
const LANES = LANES_Y * LANES_X;
const TILE_ROWS = LANES_Y * ROWS;
const TILE_VECS = LANES_X * VECS;
const TILE_COLUMNS = TILE_VECS * 4u;
// A column of padding keeps what lanes store at once in different banks.
const PITCH = TILE_ROWS + 1u;
const VEC_PITCH = TILE_VECS + 1u;
var<workgroup> tile_a: array<f32, DEPTH * PITCH>;
var<workgroup> tile_b: array<vec4f, DEPTH * VEC_PITCH>;

@compute @workgroup_size(LANES_X, LANES_Y)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rows = live(dims.rows);
  let part = part_of(group.z);
  let inner = part.y;
  let row0 = group.y * TILE_ROWS;
  let column0 = group.x * TILE_COLUMNS;
  if (row0 >= rows || column0 >= dims.columns || is_empty(group.z, part)) { return; }
  let row = row0 + local.y * ROWS;
  // Neighbouring lanes own neighbouring fours of columns.
  let column = column0 + local.x * 4u;
  // What is indexed by a variable lies in memory: a copy, before the sums and behind them. Written out, their loads and stores
  // take LLVM minutes to compile.
  var copied: array<array<vec4f, VECS>, ROWS>;
  if (CONTINUE == 1u) {
    for (var i = 0u; i < ROWS; i++) {
      if (row + i >= rows) { break; }
      for (var v = 0u; v < VECS; v++) { copied[i][v] = begun(row + i, column + v * LANES_X * 4u); }
    }
  }
  var sums = copied;
  let along_a = dims.a_inner == 1u;
  let along_b = dims.b_inner == 1u;
  for (var k0 = part.x; k0 < inner; k0 += DEPTH) {
    workgroupBarrier();
    // Neighbouring lanes read neighbouring addresses, whichever side of A or B is contiguous.
    for (var e = lane; e < TILE_ROWS * DEPTH; e += LANES) {
      let k = select(e / TILE_ROWS, e % DEPTH, along_a);
      let r = select(e % TILE_ROWS, e / DEPTH, along_a);
      var value = 0.0;
      if (row0 + r < rows && k0 + k < inner) { value = a[dims.a_base + (row0 + r) * dims.a_row + (k0 + k) * dims.a_inner]; }
      tile_a[k * PITCH + r] = value;
    }
    for (var e = lane; e < TILE_COLUMNS * DEPTH; e += LANES) {
      let k = select(e / TILE_COLUMNS, e % DEPTH, along_b);
      let j = select(e % TILE_COLUMNS, e / DEPTH, along_b);
      var value = 0.0;
      if (column0 + j < dims.columns && k0 + k < inner) { value = load_b(dims.b_base + (k0 + k) * dims.b_inner + (column0 + j) * dims.b_column); }
      tile_b[k * VEC_PITCH + j / 4u][j % 4u] = value;
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      var right: array<vec4f, VECS>;
      for (var v = 0u; v < VECS; v++) { // unrolled
        right[v] = tile_b[k * VEC_PITCH + v * LANES_X + local.x];
      }
      for (var i = 0u; i < ROWS; i++) { // unrolled
        let left = vec4f(tile_a[k * PITCH + local.y * ROWS + i]);
        for (var v = 0u; v < VECS; v++) { // unrolled
          sums[i][v] = fma(left, right[v], sums[i][v]);
        }
      }
    }
  }
  copied = sums;
  for (var i = 0u; i < ROWS; i++) {
    if (row + i >= rows) { break; }
    for (var e = 0u; e < VECS * 4u; e++) {
      let at = column + (e / 4u) * LANES_X * 4u + e % 4u;
      if (at < dims.columns) { store(group.z, row + i, at, copied[i][e / 4u][e % 4u]); }
    }
  }
}
