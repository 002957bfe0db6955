// The same as nearest_blocks.wgsl through workgroup memory, for hardware, and for rows of any length: a workgroup computes a tile
// of cosines and writes the largest of each of its rows. A block is as wide as the tile.

#include "lib/rows.wgsl"
#include "lib/tile.wgsl"

struct Dims { rows: Rows, columns: u32, inner: u32, blocks: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> queries: array<f32>; // (rows, inner)
@group(0) @binding(3) var<storage, read> documents: array<f32>; // (columns, inner)
@group(0) @binding(4) var<storage, read_write> best: array<f32>; // (rows, blocks)

var<workgroup> most: array<f32, TILE_ROWS * LANES_X>;

fn a_value(at: u32) -> f32 { return queries[at]; }
fn b_value(at: u32, which: u32) -> f32 { return documents[at]; }
fn has_column(tile: Tile, j: u32) -> bool { return tile.column0 + j < tile.columns; }
fn column_of(tile: Tile, j: u32) -> u32 { return tile.column0 + j; }

@compute @workgroup_size(LANES_X, LANES_Y)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  var tile: Tile;
  tile.rows = live(dims.rows);
  tile.columns = dims.columns;
  tile.part = vec2u(0u, dims.inner);
  tile.row0 = group.y * TILE_ROWS;
  tile.column0 = group.x * TILE_COLUMNS;
  tile.a_row = dims.inner;
  tile.a_inner = 1u;
  tile.b_inner = 1u;
  tile.b_column = dims.inner;
  if (tile.row0 >= tile.rows || group.x >= dims.blocks) { return; }
  // What is indexed by a variable lies in memory: a copy, behind the sums.
  var sums = tile_sums(tile, Sums(), local, lane);
  for (var i = 0u; i < ROWS; i++) {
    var largest = -3.0e38;
    for (var e = 0u; e < VECS * 4u; e++) {
      if (vec_column(tile, local, e / 4u) + e % 4u < tile.columns) { largest = max(largest, sums[i][e / 4u][e % 4u]); }
    }
    most[(local.y * ROWS + i) * LANES_X + local.x] = largest;
  }
  workgroupBarrier();
  for (var r = lane; r < TILE_ROWS; r += LANES) {
    if (tile.row0 + r >= tile.rows) { break; }
    var largest = -3.0e38;
    for (var x = 0u; x < LANES_X; x++) { largest = max(largest, most[r * LANES_X + x]); }
    best[(tile.row0 + r) * dims.blocks + group.x] = largest;
  }
}
