// C = A · B for any strides: one invocation computes an 8 × 8 block of C (rows, columns) in registers.
//
// A linear layer's three products are the same loop with other strides: y = x · wᵀ, dx = dy · w, dw = dyᵀ · x. No workgroup
// memory: what a CPU adapter likes best.

#include "lib/rows.wgsl"
#include "lib/weights.wgsl"
#include "lib/matmul.wgsl"

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = live(dims.rows);
  let part = part_of(id.z);
  let column = id.x * 8u;
  let row = id.y * 8u;
  if (row >= rows || column >= dims.columns || is_empty(id.z, part)) { return; }
  let last_row = rows - 1u;
  let last_column = dims.columns - 1u;
  let a_first = dims.a_base + part.x * dims.a_inner;
  let b_first = dims.b_base + part.x * dims.b_inner;
  var a0 = a_first + min(row + 0u, last_row) * dims.a_row;
  var a1 = a_first + min(row + 1u, last_row) * dims.a_row;
  var a2 = a_first + min(row + 2u, last_row) * dims.a_row;
  var a3 = a_first + min(row + 3u, last_row) * dims.a_row;
  var a4 = a_first + min(row + 4u, last_row) * dims.a_row;
  var a5 = a_first + min(row + 5u, last_row) * dims.a_row;
  var a6 = a_first + min(row + 6u, last_row) * dims.a_row;
  var a7 = a_first + min(row + 7u, last_row) * dims.a_row;
  var b0 = b_first + min(column + 0u, last_column) * dims.b_column;
  var b1 = b_first + min(column + 1u, last_column) * dims.b_column;
  var b2 = b_first + min(column + 2u, last_column) * dims.b_column;
  var b3 = b_first + min(column + 3u, last_column) * dims.b_column;
  var b4 = b_first + min(column + 4u, last_column) * dims.b_column;
  var b5 = b_first + min(column + 5u, last_column) * dims.b_column;
  var b6 = b_first + min(column + 6u, last_column) * dims.b_column;
  var b7 = b_first + min(column + 7u, last_column) * dims.b_column;
  var low0 = vec4f();
  var high0 = vec4f();
  var low1 = vec4f();
  var high1 = vec4f();
  var low2 = vec4f();
  var high2 = vec4f();
  var low3 = vec4f();
  var high3 = vec4f();
  var low4 = vec4f();
  var high4 = vec4f();
  var low5 = vec4f();
  var high5 = vec4f();
  var low6 = vec4f();
  var high6 = vec4f();
  var low7 = vec4f();
  var high7 = vec4f();
  if (CONTINUE == 1u) {
    low0 = begun(min(row + 0u, last_row), column);
    high0 = begun(min(row + 0u, last_row), column + 4u);
    low1 = begun(min(row + 1u, last_row), column);
    high1 = begun(min(row + 1u, last_row), column + 4u);
    low2 = begun(min(row + 2u, last_row), column);
    high2 = begun(min(row + 2u, last_row), column + 4u);
    low3 = begun(min(row + 3u, last_row), column);
    high3 = begun(min(row + 3u, last_row), column + 4u);
    low4 = begun(min(row + 4u, last_row), column);
    high4 = begun(min(row + 4u, last_row), column + 4u);
    low5 = begun(min(row + 5u, last_row), column);
    high5 = begun(min(row + 5u, last_row), column + 4u);
    low6 = begun(min(row + 6u, last_row), column);
    high6 = begun(min(row + 6u, last_row), column + 4u);
    low7 = begun(min(row + 7u, last_row), column);
    high7 = begun(min(row + 7u, last_row), column + 4u);
  }
  for (var k = part.x; k < part.y; k++) {
    let low = vec4f(load_b(b0), load_b(b1), load_b(b2), load_b(b3));
    let high = vec4f(load_b(b4), load_b(b5), load_b(b6), load_b(b7));
    let x0 = vec4f(load_a(a0));
    let x1 = vec4f(load_a(a1));
    let x2 = vec4f(load_a(a2));
    let x3 = vec4f(load_a(a3));
    let x4 = vec4f(load_a(a4));
    let x5 = vec4f(load_a(a5));
    let x6 = vec4f(load_a(a6));
    let x7 = vec4f(load_a(a7));
    low0 = fma(x0, low, low0);
    high0 = fma(x0, high, high0);
    low1 = fma(x1, low, low1);
    high1 = fma(x1, high, high1);
    low2 = fma(x2, low, low2);
    high2 = fma(x2, high, high2);
    low3 = fma(x3, low, low3);
    high3 = fma(x3, high, high3);
    low4 = fma(x4, low, low4);
    high4 = fma(x4, high, high4);
    low5 = fma(x5, low, low5);
    high5 = fma(x5, high, high5);
    low6 = fma(x6, low, low6);
    high6 = fma(x6, high, high6);
    low7 = fma(x7, low, low7);
    high7 = fma(x7, high, high7);
    a0 += dims.a_inner;
    a1 += dims.a_inner;
    a2 += dims.a_inner;
    a3 += dims.a_inner;
    a4 += dims.a_inner;
    a5 += dims.a_inner;
    a6 += dims.a_inner;
    a7 += dims.a_inner;
    b0 += dims.b_inner;
    b1 += dims.b_inner;
    b2 += dims.b_inner;
    b3 += dims.b_inner;
    b4 += dims.b_inner;
    b5 += dims.b_inner;
    b6 += dims.b_inner;
    b7 += dims.b_inner;
  }
  // Written out from an array: 64 stores in a row cost a CPU adapter ten seconds of compiling.
  var block = array<vec4f, 16>(
    low0, high0, low1, high1, low2, high2, low3, high3,
    low4, high4, low5, high5, low6, high6, low7, high7,
  );
  let height = min(8u, rows - row);
  let width = min(8u, dims.columns - column);
  for (var i = 0u; i < height; i++) {
    for (var j = 0u; j < width; j++) {
      store(id.z, row + i, column + j, block[i * 2u + j / 4u][j % 4u]);
    }
  }
}
