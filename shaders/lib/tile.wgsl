// The sums of a tile of C = A · B through workgroup memory, for a workgroup of LANES_Y × LANES_X invocations, each of which owns
// ROWS rows of it and VECS times four columns: every value is read from memory once per tile, and from workgroup memory once for
// ROWS or 4 · VECS products. Who includes it says where A and B lie, a_value(at) and b_value(at, which), and which column of C is
// column j of a tile, column_of(tile, j), where there is one, has_column(tile, j).

#include "lib/half.wgsl"

// Factors in workgroup memory, where halves need shader-f16 and take half of it: who may be asked for them enables f16 first.
alias Operand = f32; // HALF: alias Operand = f16;
alias Operands = vec4f; // HALF: alias Operands = vec4<f16>;

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
var<workgroup> tile_a: array<Operand, DEPTH * PITCH>;
var<workgroup> tile_b: array<Operands, DEPTH * VEC_PITCH>;

alias Sums = array<array<vec4f, VECS>, ROWS>;

// Which tile of which product. Element (i, k) of A lies at a_base + i a_row + k a_inner, (k, j) of B likewise.
struct Tile {
  which: u32, // the product, where a dispatch has several
  row0: u32,
  column0: u32,
  rows: u32,
  columns: u32,
  part: vec2u, // of the sums: from .x to before .y
  a_base: u32, a_row: u32, a_inner: u32,
  b_base: u32, b_inner: u32, b_column: u32,
}

// Where the columns of an invocation's vector v begin: neighbouring lanes own neighbouring fours.
fn vec_column(tile: Tile, local: vec3u, v: u32) -> u32 {
  return tile.column0 + (v * LANES_X + local.x) * 4u;
}

// Adds the products of a part to what `begun` holds, in order. All invocations of a workgroup call it.
fn tile_sums(tile: Tile, begun: Sums, local: vec3u, lane: u32) -> Sums {
  var sums = begun;
  let along_a = tile.a_inner == 1u;
  let along_b = tile.b_inner == 1u;
  for (var k0 = tile.part.x; k0 < tile.part.y; k0 += DEPTH) {
    workgroupBarrier();
    // Neighbouring lanes read neighbouring addresses, whichever side of A or B is contiguous.
    for (var e = lane; e < TILE_ROWS * DEPTH; e += LANES) {
      let k = select(e / TILE_ROWS, e % DEPTH, along_a);
      let r = select(e % TILE_ROWS, e / DEPTH, along_a);
      var value = 0.0;
      if (tile.row0 + r < tile.rows && k0 + k < tile.part.y) {
        value = a_value(tile.a_base + (tile.row0 + r) * tile.a_row + (k0 + k) * tile.a_inner);
      }
      tile_a[k * PITCH + r] = Operand(value);
    }
    for (var e = lane; e < TILE_COLUMNS * DEPTH; e += LANES) {
      let k = select(e / TILE_COLUMNS, e % DEPTH, along_b);
      let j = select(e % TILE_COLUMNS, e / DEPTH, along_b);
      var value = 0.0;
      if (has_column(tile, j) && k0 + k < tile.part.y) {
        value = b_value(tile.b_base + (k0 + k) * tile.b_inner + column_of(tile, j) * tile.b_column, tile.which);
      }
      tile_b[k * VEC_PITCH + j / 4u][j % 4u] = Operand(value);
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      var right: array<vec4f, VECS>;
      for (var v = 0u; v < VECS; v++) { // unrolled
        right[v] = vec4f(tile_b[k * VEC_PITCH + v * LANES_X + local.x]);
      }
      for (var i = 0u; i < ROWS; i++) { // unrolled
        let left = vec4f(f32(tile_a[k * PITCH + local.y * ROWS + i]));
        for (var v = 0u; v < VECS; v++) { // unrolled
          sums[i][v] = fma(left, right[v], sums[i][v]);
        }
      }
    }
  }
  return sums;
}
