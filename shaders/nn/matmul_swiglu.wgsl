// Both projections of a SwiGLU and what it makes of them, in one dispatch through workgroup memory: gate_up (rows, 2 features) =
// x · wᵀ, and out (rows, features) = silu(gate) * up. A workgroup computes a tile of gate and the same tile of up: of an
// invocation's two vectors of columns one is of each. It sums as matmul.wgsl does.

// HALF: enable f16;

#include "lib/rows.wgsl"
#include "lib/weights.wgsl"
#include "lib/tile.wgsl"
#include "lib/swiglu.wgsl"

struct Dims { rows: Rows, inputs: u32, features: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // (rows, inputs)
@group(0) @binding(3) var<storage, read> weight: array<u32>; // ((features * 2 * inputs * BLOCK_BYTES + 127) / 128); elements as in weights.wgsl
@group(0) @binding(4) var<storage, read_write> gate_up: array<f32>; // (rows, features * 2)
@group(0) @binding(5) var<storage, read_write> out: array<f32>; // (rows, features)

// Columns of gate in a tile, and of up.
const ACROSS = LANES_X * 4u;

fn a_value(at: u32) -> f32 { return x[at]; }
fn b_value(at: u32, which: u32) -> f32 { return widen(weight[word_of(at)], at); }
fn has_column(tile: Tile, j: u32) -> bool { return tile.column0 + j % ACROSS < dims.features; }
fn column_of(tile: Tile, j: u32) -> u32 { return tile.column0 + j % ACROSS + j / ACROSS * dims.features; }

@compute @workgroup_size(LANES_X, LANES_Y)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32) {
  var tile: Tile;
  tile.rows = live(dims.rows);
  tile.part = vec2u(0u, dims.inputs);
  tile.row0 = group.y * TILE_ROWS;
  tile.column0 = group.x * ACROSS;
  tile.a_row = dims.inputs;
  tile.a_inner = 1u;
  tile.b_inner = 1u;
  tile.b_column = dims.inputs;
  if (tile.row0 >= tile.rows) { return; }
  let row = tile.row0 + local.y * ROWS;
  // Copied, since what is indexed by a variable lies in memory.
  var sums = tile_sums(tile, Sums(), local, lane);
  for (var i = 0u; i < ROWS; i++) {
    if (row + i >= tile.rows) { break; }
    for (var e = 0u; e < 4u; e++) {
      let column = tile.column0 + local.x * 4u + e;
      if (column >= dims.features) { break; }
      let gate = sums[i][0][e];
      let up = sums[i][1][e];
      let at = (row + i) * dims.features * 2u + column;
      gate_up[at] = gate;
      gate_up[at + dims.features] = up;
      out[(row + i) * dims.features + column] = swiglu(gate, up);
    }
  }
}
