// Both gradients of a linear layer y = x · wᵀ in one dispatch, through workgroup memory: dx (rows, inputs) = dy · w and dw
// (outputs, inputs) (+)= dyᵀ · x. Both have the columns of w and x; the first workgroups compute tiles of dx, those behind them
// tiles of dw, or of each of its parts. They sum as matmul.wgsl does. Where x is what a SwiGLU made of gate_up (rows, 2 inputs),
// dx is not kept: in its place stands the gradient of gate_up.

// HALF: enable f16;

#include "lib/rows.wgsl"
#include "lib/parts.wgsl"
#include "lib/tile.wgsl"
#include "lib/grid.wgsl"
#include "lib/swiglu.wgsl"

// 1: x was made by a SwiGLU.
const SWIGLU = 0u; // specialised

struct Dims {
  rows: Rows,
  inputs: u32,
  outputs: u32,
  parts: u32, // the most that the sums of dw are cut into: dw then is (parts, outputs, inputs)
  accumulate: u32, // 1: dw += its sums
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> dy: array<f32>; // (rows, outputs)
@group(0) @binding(3) var<storage, read> weight: array<f32>; // (outputs, inputs)
@group(0) @binding(4) var<storage, read> x: array<f32>; // (rows, inputs)
@group(0) @binding(5) var<storage, read_write> dx: array<f32>; // (rows, inputs * (1 + SWIGLU))
@group(0) @binding(6) var<storage, read_write> dw: array<f32>; // (parts, outputs, inputs)
@group(0) @binding(7) var<storage, read> gate_up: array<f32>; // (SWIGLU * rows, inputs * 2)

fn a_value(at: u32) -> f32 { return dy[at]; }
fn b_value(at: u32, which: u32) -> f32 {
  if (which == 0u) { return weight[at]; }
  return x[at];
}
fn has_column(tile: Tile, j: u32) -> bool { return tile.column0 + j < tile.columns; }
fn column_of(tile: Tile, j: u32) -> u32 { return tile.column0 + j; }

@compute @workgroup_size(LANES_X, LANES_Y)
fn main(
  @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u, @builtin(local_invocation_index) lane: u32,
) {
  let rows = live(dims.rows);
  let across = (dims.inputs + TILE_COLUMNS - 1u) / TILE_COLUMNS;
  let down = (dims.rows.limit + TILE_ROWS - 1u) / TILE_ROWS;
  let down_weight = (dims.outputs + TILE_ROWS - 1u) / TILE_ROWS;
  let own = flat_group(group, groups);
  var at = own / across;
  var tile: Tile;
  tile.columns = dims.inputs;
  tile.column0 = own % across * TILE_COLUMNS;
  tile.b_inner = dims.inputs;
  tile.b_column = 1u;
  var part = 0u;
  if (at < down) {
    tile.row0 = at * TILE_ROWS;
    tile.rows = rows;
    tile.part = vec2u(0u, dims.outputs);
    tile.a_row = dims.outputs;
    tile.a_inner = 1u;
  } else {
    at -= down;
    part = at / down_weight;
    if (part >= dims.parts) { return; }
    tile.which = 1u;
    tile.row0 = at % down_weight * TILE_ROWS;
    tile.rows = dims.outputs;
    tile.part = part_range(part, rows, dims.parts);
    tile.a_row = 1u;
    tile.a_inner = dims.outputs;
    if (is_empty(part, tile.part)) { return; }
  }
  if (tile.row0 >= tile.rows) { return; }
  let row = tile.row0 + local.y * ROWS;
  // Copied, since what is indexed by a variable lies in memory.
  var sums = tile_sums(tile, Sums(), local, lane);
  for (var i = 0u; i < ROWS; i++) {
    if (row + i >= tile.rows) { break; }
    for (var e = 0u; e < VECS * 4u; e++) {
      let column = vec_column(tile, local, e / 4u) + e % 4u;
      if (column >= dims.inputs) { continue; }
      var value = sums[i][e / 4u][e % 4u];
      let to = (part * tile.rows + row + i) * dims.inputs + column;
      if (tile.which == 0u && SWIGLU == 1u) {
        let at = (row + i) * dims.inputs * 2u + column;
        let gradient = swiglu_gradient(value, gate_up[at], gate_up[at + dims.inputs]);
        dx[at] = gradient.x;
        dx[at + dims.inputs] = gradient.y;
      } else if (tile.which == 0u) {
        dx[to] = value;
      } else {
        if (dims.accumulate == 1u) { value += dw[to]; }
        dw[to] = value;
      }
    }
  }
}
