// C = A · B for any strides through workgroup memory: what a hardware adapter likes. A workgroup computes a tile of C.

// HALF: enable f16;

#include "lib/rows.wgsl"
#include "lib/weights.wgsl"
#include "lib/matmul.wgsl"
#include "lib/tile.wgsl"

fn a_value(at: u32) -> f32 { return a[at]; }
fn b_value(at: u32, which: u32) -> f32 { return load_b(at); }
fn has_column(tile: Tile, j: u32) -> bool { return tile.column0 + j < tile.columns; }
fn column_of(tile: Tile, j: u32) -> u32 { return tile.column0 + j; }

@compute @workgroup_size(LANES_X, LANES_Y)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  var tile: Tile;
  tile.rows = live(dims.rows);
  tile.columns = dims.columns;
  tile.part = part_of(group.z);
  tile.row0 = group.y * TILE_ROWS;
  tile.column0 = group.x * TILE_COLUMNS;
  tile.a_base = dims.a_base;
  tile.a_row = dims.a_row;
  tile.a_inner = dims.a_inner;
  tile.b_base = dims.b_base;
  tile.b_inner = dims.b_inner;
  tile.b_column = dims.b_column;
  if (tile.row0 >= tile.rows || tile.column0 >= tile.columns || is_empty(group.z, tile.part)) { return; }
  let row = tile.row0 + local.y * ROWS;
  // What is indexed by a variable lies in memory: a copy, before the sums and behind them. Written out, their loads and stores
  // take LLVM minutes to compile.
  var copied: Sums;
  if (CONTINUE == 1u) {
    for (var i = 0u; i < ROWS; i++) {
      if (row + i >= tile.rows) { break; }
      for (var v = 0u; v < VECS; v++) { copied[i][v] = begun(row + i, vec_column(tile, local, v)); }
    }
  }
  copied = tile_sums(tile, copied, local, lane);
  for (var i = 0u; i < ROWS; i++) {
    if (row + i >= tile.rows) { break; }
    for (var e = 0u; e < VECS * 4u; e++) {
      let at = vec_column(tile, local, e / 4u) + e % 4u;
      if (at < tile.columns) { store(group.z, row + i, at, copied[i][e / 4u][e % 4u]); }
    }
  }
}
