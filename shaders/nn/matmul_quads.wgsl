// C = A · B for any strides, for adapters that are a CPU and have subgroups: one invocation computes a 16 × 8 block of C in
// registers, and the four lanes of a quad, which share its 16 rows, load A for each other.
//
// There a load costs as much as six multiply-adds of four lanes, however regular its address (docs/decisions/software-adapters.md):
// 12 loads for 128 multiply-adds, where matmul.wgsl needs 16 for 64. Same uniforms, same sums in the same order, same bits.

enable subgroups;
// The lanes of a quad take every branch together: what quadBroadcast needs, and more than compilers can prove.
diagnostic(off, subgroup_uniformity);

struct Dims {
  rows: u32, rows_slot: u32, rows_start: u32,
  inner: u32, inner_slot: u32, inner_start: u32,
  columns: u32,
  a_row: u32, a_inner: u32,
  b_inner: u32, b_column: u32,
  c_row: u32,
  accumulate: u32, // 1: C += A · B
  addend: u32,     // 1: add a bias (columns), 2: add a matrix laid out as C (a residual)
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> addend: array<f32>;
@group(0) @binding(5) var<storage, read_write> c: array<f32>;

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

@compute @workgroup_size(8, 2)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = live(dims.rows, dims.rows_slot, dims.rows_start);
  let inner = live(dims.inner, dims.inner_slot, dims.inner_start);
  let row = id.y * 16u;
  let column = id.x * 8u;
  let lane = id.x & 3u;
  if (row >= rows || column - lane * 8u >= dims.columns) { return; }
  let last_row = rows - 1u;
  let last_column = dims.columns - 1u;
  let a_inner = dims.a_inner;
  let b_inner = dims.b_inner;
  var a0 = min(row + 0u + lane, last_row) * dims.a_row;
  var a1 = min(row + 4u + lane, last_row) * dims.a_row;
  var a2 = min(row + 8u + lane, last_row) * dims.a_row;
  var a3 = min(row + 12u + lane, last_row) * dims.a_row;
  var b0 = min(column + 0u, last_column) * dims.b_column;
  var b1 = min(column + 1u, last_column) * dims.b_column;
  var b2 = min(column + 2u, last_column) * dims.b_column;
  var b3 = min(column + 3u, last_column) * dims.b_column;
  var b4 = min(column + 4u, last_column) * dims.b_column;
  var b5 = min(column + 5u, last_column) * dims.b_column;
  var b6 = min(column + 6u, last_column) * dims.b_column;
  var b7 = min(column + 7u, last_column) * dims.b_column;
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
  var low8 = vec4f();
  var high8 = vec4f();
  var low9 = vec4f();
  var high9 = vec4f();
  var low10 = vec4f();
  var high10 = vec4f();
  var low11 = vec4f();
  var high11 = vec4f();
  var low12 = vec4f();
  var high12 = vec4f();
  var low13 = vec4f();
  var high13 = vec4f();
  var low14 = vec4f();
  var high14 = vec4f();
  var low15 = vec4f();
  var high15 = vec4f();
  for (var k = 0u; k < inner; k++) {
    let low = vec4f(b[b0], b[b1], b[b2], b[b3]);
    let high = vec4f(b[b4], b[b5], b[b6], b[b7]);
    let x0 = a[a0];
    let x1 = a[a1];
    let x2 = a[a2];
    let x3 = a[a3];
    let y0 = vec4f(quadBroadcast(x0, 0u));
    low0 = fma(y0, low, low0);
    high0 = fma(y0, high, high0);
    let y1 = vec4f(quadBroadcast(x0, 1u));
    low1 = fma(y1, low, low1);
    high1 = fma(y1, high, high1);
    let y2 = vec4f(quadBroadcast(x0, 2u));
    low2 = fma(y2, low, low2);
    high2 = fma(y2, high, high2);
    let y3 = vec4f(quadBroadcast(x0, 3u));
    low3 = fma(y3, low, low3);
    high3 = fma(y3, high, high3);
    let y4 = vec4f(quadBroadcast(x1, 0u));
    low4 = fma(y4, low, low4);
    high4 = fma(y4, high, high4);
    let y5 = vec4f(quadBroadcast(x1, 1u));
    low5 = fma(y5, low, low5);
    high5 = fma(y5, high, high5);
    let y6 = vec4f(quadBroadcast(x1, 2u));
    low6 = fma(y6, low, low6);
    high6 = fma(y6, high, high6);
    let y7 = vec4f(quadBroadcast(x1, 3u));
    low7 = fma(y7, low, low7);
    high7 = fma(y7, high, high7);
    let y8 = vec4f(quadBroadcast(x2, 0u));
    low8 = fma(y8, low, low8);
    high8 = fma(y8, high, high8);
    let y9 = vec4f(quadBroadcast(x2, 1u));
    low9 = fma(y9, low, low9);
    high9 = fma(y9, high, high9);
    let y10 = vec4f(quadBroadcast(x2, 2u));
    low10 = fma(y10, low, low10);
    high10 = fma(y10, high, high10);
    let y11 = vec4f(quadBroadcast(x2, 3u));
    low11 = fma(y11, low, low11);
    high11 = fma(y11, high, high11);
    let y12 = vec4f(quadBroadcast(x3, 0u));
    low12 = fma(y12, low, low12);
    high12 = fma(y12, high, high12);
    let y13 = vec4f(quadBroadcast(x3, 1u));
    low13 = fma(y13, low, low13);
    high13 = fma(y13, high, high13);
    let y14 = vec4f(quadBroadcast(x3, 2u));
    low14 = fma(y14, low, low14);
    high14 = fma(y14, high, high14);
    let y15 = vec4f(quadBroadcast(x3, 3u));
    low15 = fma(y15, low, low15);
    high15 = fma(y15, high, high15);
    a0 += a_inner;
    a1 += a_inner;
    a2 += a_inner;
    a3 += a_inner;
    b0 += b_inner;
    b1 += b_inner;
    b2 += b_inner;
    b3 += b_inner;
    b4 += b_inner;
    b5 += b_inner;
    b6 += b_inner;
    b7 += b_inner;
  }
  var block = array<vec4f, 32>(
    low0, high0, low1, high1, low2, high2, low3, high3,
    low4, high4, low5, high5, low6, high6, low7, high7,
    low8, high8, low9, high9, low10, high10, low11, high11,
    low12, high12, low13, high13, low14, high14, low15, high15,
  );
  let height = min(16u, rows - row);
  let plain = dims.addend == 0u && dims.accumulate == 0u && column + 8u <= dims.columns;
  for (var i = 0u; i < height; i++) {
    let at = (row + i) * dims.c_row + column;
    let low = block[i * 2u];
    let high = block[i * 2u + 1u];
    if (plain) {
      c[at] = low.x;
      c[at + 1u] = low.y;
      c[at + 2u] = low.z;
      c[at + 3u] = low.w;
      c[at + 4u] = high.x;
      c[at + 5u] = high.y;
      c[at + 6u] = high.z;
      c[at + 7u] = high.w;
      continue;
    }
    for (var j = 0u; j < 8u; j++) {
      if (column + j >= dims.columns) { break; }
      var value = select(high[j & 3u], low[j & 3u], j < 4u);
      if (dims.addend != 0u) { value += addend[select(at + j, column + j, dims.addend == 1u)]; }
      if (dims.accumulate == 1u) { value += c[at + j]; }
      c[at + j] = value;
    }
  }
}
